-- Input threshold: 8-bit pixels become bits, 1 iff the pixel is greater than THRESHOLD. Combinational, a beat a clock.
-- docs/hdl/onebit_binarize.md describes it.

library ieee;
use ieee.std_logic_1164.all;
use ieee.numeric_std.all;

entity onebit_binarize is
  generic (
    THRESHOLD : natural range 0 to 255;
    LANES     : positive := 8
  );
  port (
    -- Without a beat the bits are 0, whatever the pixels are.
    valid  : in  std_logic;
    -- Bits 8*l .. 8*l + 7 are pixel l.
    pixels : in  std_logic_vector(8 * LANES - 1 downto 0);
    bits   : out std_logic_vector(LANES - 1 downto 0)
  );
end entity;

architecture rtl of onebit_binarize is
begin
  lane : for l in 0 to LANES - 1 generate
    bits(l) <= '1' when valid = '1' and unsigned(pixels(8 * l + 7 downto 8 * l)) > THRESHOLD else '0';
  end generate;
end architecture;
