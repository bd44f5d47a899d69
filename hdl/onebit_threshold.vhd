-- Threshold: neuron j fires iff its count is at least its threshold; groups of PE neurons become the next layer's vector.
-- docs/hdl/onebit_threshold.md describes it.
--
-- Row f of the thresholds' ROM holds group f: bits p*W .. p*W + W - 1, W = threshold_bits(INPUTS), are the threshold of
-- neuron PE*f + p. A threshold of 0 always fires, INPUTS + 1 never.
--
-- Pipeline: group, and its row of the ROM -> comparison, into the vector. A group waits while a whole vector waits.

library ieee;
use ieee.std_logic_1164.all;
use ieee.numeric_std.all;
use work.onebit_pkg.all;

entity onebit_threshold is
  generic (
    INPUTS  : positive;
    NEURONS : positive;
    PE      : positive := 1
  );
  port (
    clk : in std_logic;
    rst : in std_logic;
    -- Groups of PE counts, as onebit_mvu gives them.
    in_valid : in  std_logic;
    in_ready : out std_logic;
    in_data  : in  std_logic_vector(PE * count_bits(INPUTS) - 1 downto 0);
    -- The thresholds' ROM: rom_data is row rom_addr of the last clock at which rom_en was 1.
    rom_en   : out std_logic;
    rom_addr : out std_logic_vector(bits_of(ceil_div(NEURONS, PE) - 1) - 1 downto 0);
    rom_data : in  std_logic_vector(PE * threshold_bits(INPUTS) - 1 downto 0);
    -- The vector: bit j is neuron j.
    out_valid : out std_logic;
    out_ready : in  std_logic;
    out_data  : out std_logic_vector(NEURONS - 1 downto 0)
  );
end entity;

architecture rtl of onebit_threshold is
  constant GROUPS : positive := ceil_div(NEURONS, PE);
  constant COUNT_WIDTH : positive := count_bits(INPUTS);
  constant THRESHOLD_WIDTH : positive := threshold_bits(INPUTS);

  signal move : std_logic;
  signal group_number : unsigned(rom_addr'range) := (others => '0');

  -- A group whose thresholds are at rom_data.
  signal held : std_logic := '0';
  signal held_last : std_logic;
  signal counts : std_logic_vector(in_data'range);

  -- Groups enter at the top; after GROUPS of them the first lies lowest.
  signal vector : std_logic_vector(GROUPS * PE - 1 downto 0);
  signal full : std_logic := '0';
begin
  assert PE <= NEURONS report "onebit_threshold: PE must be 1 .. NEURONS" severity failure;

  move <= not (held and full);
  in_ready <= move;
  rom_en <= move;
  rom_addr <= std_logic_vector(group_number);
  out_valid <= full;
  out_data <= vector(NEURONS - 1 downto 0);

  collect : process (clk)
    variable fires : std_logic_vector(PE - 1 downto 0);
  begin
    if rising_edge(clk) then
      if full = '1' and out_ready = '1' then
        full <= '0';
      end if;
      if move = '1' then
        held <= in_valid;
        counts <= in_data;
        held_last <= '1' when group_number = GROUPS - 1 else '0';
        if in_valid = '1' then
          group_number <= (others => '0') when group_number = GROUPS - 1 else group_number + 1;
        end if;
        if held = '1' then
          for p in fires'range loop
            fires(p) := '1' when unsigned(counts((p + 1) * COUNT_WIDTH - 1 downto p * COUNT_WIDTH))
                        >= unsigned(rom_data((p + 1) * THRESHOLD_WIDTH - 1 downto p * THRESHOLD_WIDTH)) else '0';
          end loop;
          if GROUPS = 1 then
            vector <= fires;
          else
            vector <= fires & vector(vector'high downto PE);
          end if;
          full <= held_last;
        end if;
      end if;
      if rst = '1' then
        group_number <= (others => '0');
        held <= '0';
        full <= '0';
      end if;
    end if;
  end process;
end architecture;
