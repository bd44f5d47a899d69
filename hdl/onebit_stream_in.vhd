-- Stream adapter: packets of beats become vectors. docs/hdl/onebit_stream_in.md describes it.
--
-- Bit l of beat b is element b*LANES + l; bits beyond the last element are not looked at. A packet that ends early or
-- late gives no vector: it is dropped whole, and bad_frame is 1 for a clock. The next packet is read as usual.

library ieee;
use ieee.std_logic_1164.all;
use ieee.numeric_std.all;
use work.onebit_pkg.all;

entity onebit_stream_in is
  generic (
    ELEMENTS : positive;
    LANES    : positive := 8
  );
  port (
    clk : in std_logic;
    rst : in std_logic;
    in_valid : in  std_logic;
    in_ready : out std_logic;
    in_data  : in  std_logic_vector(LANES - 1 downto 0);
    in_last  : in  std_logic;
    out_valid : out std_logic;
    out_ready : in  std_logic;
    out_data  : out std_logic_vector(ELEMENTS - 1 downto 0);
    bad_frame : out std_logic := '0'
  );
end entity;

architecture rtl of onebit_stream_in is
  constant BEATS : positive := ceil_div(ELEMENTS, LANES);

  -- Beats enter at the top; after BEATS of them the first lies lowest.
  signal vector : std_logic_vector(BEATS * LANES - 1 downto 0);
  signal full : std_logic := '0';
  -- Beats of the packet so far; BEATS while a packet is too long.
  signal beat : unsigned(bits_of(BEATS) - 1 downto 0) := (others => '0');
begin
  in_ready <= not full;
  out_valid <= full;
  out_data <= vector(ELEMENTS - 1 downto 0);

  collect : process (clk)
  begin
    if rising_edge(clk) then
      bad_frame <= '0';
      if full = '1' then
        full <= not out_ready;
      elsif in_valid = '1' then
        if BEATS = 1 then
          vector <= in_data;
        else
          vector <= in_data & vector(vector'high downto LANES);
        end if;
        if in_last = '1' then
          beat <= (others => '0');
          if beat = BEATS - 1 then
            full <= '1';
          else
            bad_frame <= '1';
          end if;
        elsif beat /= BEATS then
          beat <= beat + 1;
        end if;
      end if;
      if rst = '1' then
        full <= '0';
        beat <= (others => '0');
        bad_frame <= '0';
      end if;
    end if;
  end process;
end architecture;
