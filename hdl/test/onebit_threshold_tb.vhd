-- onebit_threshold against comparisons written out, on random counts and thresholds, 0 and INPUTS + 1 among them.

library ieee;
use ieee.std_logic_1164.all;
use ieee.numeric_std.all;
use std.env.all;
use work.onebit_pkg.all;
use work.onebit_test_pkg.all;

entity onebit_threshold_tb is
  generic (
    INPUTS  : positive := 13;
    NEURONS : positive := 7;
    PE      : positive := 3;
    VECTORS : positive := 100;
    STALL   : natural := 40;
    SEED    : positive := 1
  );
end entity;

architecture sim of onebit_threshold_tb is
  constant GROUPS : positive := ceil_div(NEURONS, PE);
  constant COUNT_WIDTH : positive := count_bits(INPUTS);
  constant WIDTH : positive := threshold_bits(INPUTS);
  type numbers is array (0 to GROUPS * PE - 1) of natural;

  impure function random_thresholds return numbers is
    variable source : random_source;
    variable t : numbers;
  begin
    source.start(SEED + 100);
    for j in t'range loop
      t(j) := source.number(0, INPUTS + 1);
    end loop;
    t(0) := INPUTS + 1;
    t(NEURONS - 1) := 0;
    return t;
  end function;

  constant THRESHOLDS : numbers := random_thresholds;

  signal clk : std_logic := '0';
  signal rst : std_logic := '1';
  signal in_valid, in_ready, out_valid, rom_en : std_logic := '0';
  signal out_ready : std_logic := '0';
  signal in_data : std_logic_vector(PE * COUNT_WIDTH - 1 downto 0);
  signal rom_addr : std_logic_vector(bits_of(GROUPS - 1) - 1 downto 0);
  signal rom_data : std_logic_vector(PE * WIDTH - 1 downto 0);
  signal out_data : std_logic_vector(NEURONS - 1 downto 0);
begin
  clk <= not clk after 5 ns;
  rst <= '0' after 22 ns;

  dut : entity work.onebit_threshold
    generic map (INPUTS => INPUTS, NEURONS => NEURONS, PE => PE)
    port map (clk, rst, in_valid, in_ready, in_data, rom_en, rom_addr, rom_data, out_valid, out_ready, out_data);

  rom : process (clk)
  begin
    if rising_edge(clk) and rom_en = '1' then
      for p in 0 to PE - 1 loop
        rom_data((p + 1) * WIDTH - 1 downto p * WIDTH) <=
          std_logic_vector(to_unsigned(THRESHOLDS(to_integer(unsigned(rom_addr)) * PE + p), WIDTH));
      end loop;
    end if;
  end process;

  send : process
    variable source, pause : random_source;
  begin
    source.start(SEED);
    pause.start(SEED + 200);
    wait until rising_edge(clk) and rst = '0';
    for v in 1 to VECTORS * GROUPS loop
      while pause.chance(STALL) loop
        wait until rising_edge(clk);
      end loop;
      in_valid <= '1';
      for p in 0 to PE - 1 loop
        in_data((p + 1) * COUNT_WIDTH - 1 downto p * COUNT_WIDTH) <=
          std_logic_vector(to_unsigned(source.number(0, INPUTS), COUNT_WIDTH));
      end loop;
      wait until rising_edge(clk) and in_ready = '1';
      in_valid <= '0';
      in_data <= (others => 'X');
    end loop;
    wait;
  end process;

  check : process
    variable source, pause : random_source;
    variable fires : std_logic_vector(GROUPS * PE - 1 downto 0);
  begin
    source.start(SEED);
    pause.start(SEED + 300);
    for v in 1 to VECTORS loop
      for j in 0 to GROUPS * PE - 1 loop
        fires(j) := '1' when source.number(0, INPUTS) >= THRESHOLDS(j) else '0';
      end loop;
      while pause.chance(STALL) loop
        wait until rising_edge(clk);
      end loop;
      out_ready <= '1';
      wait until rising_edge(clk) and out_valid = '1';
      out_ready <= '0';
      assert out_data = fires(out_data'range)
        report "onebit_threshold_tb: vector " & to_string(v) & " is " & to_string(out_data) & ", expected "
          & to_string(fires(out_data'range)) severity failure;
    end loop;
    out_ready <= '1';
    for clock in 1 to 100 loop
      wait until rising_edge(clk);
      assert out_valid = '0' report "onebit_threshold_tb: a vector too many" severity failure;
    end loop;
    report "onebit_threshold_tb: passed";
    finish;
  end process;
end architecture;
