-- onebit_mvu against a count of agreements written out, on random weights and vectors.

library ieee;
use ieee.std_logic_1164.all;
use ieee.numeric_std.all;
use std.env.all;
use work.onebit_pkg.all;
use work.onebit_test_pkg.all;

entity onebit_mvu_tb is
  generic (
    INPUTS  : positive := 13;
    NEURONS : positive := 7;
    PE      : positive := 3;
    SIMD    : positive := 5;
    VECTORS : positive := 40;
    STALL   : natural := 40;
    SEED    : positive := 1
  );
end entity;

architecture sim of onebit_mvu_tb is
  constant FOLDS : positive := ceil_div(INPUTS, SIMD);
  constant GROUPS : positive := ceil_div(NEURONS, PE);
  constant WIDTH : positive := count_bits(INPUTS);
  type matrix is array (0 to NEURONS - 1) of std_logic_vector(INPUTS - 1 downto 0);

  impure function random_matrix return matrix is
    variable source : random_source;
    variable m : matrix;
  begin
    source.start(SEED + 100);
    for j in m'range loop
      m(j) := source.bits(INPUTS);
    end loop;
    return m;
  end function;

  constant WEIGHTS : matrix := random_matrix;

  signal clk : std_logic := '0';
  signal rst : std_logic := '1';
  signal in_valid, in_ready, out_valid, rom_en : std_logic := '0';
  signal out_ready : std_logic := '0';
  signal in_data : std_logic_vector(INPUTS - 1 downto 0);
  signal rom_addr : std_logic_vector(bits_of(FOLDS * GROUPS - 1) - 1 downto 0);
  signal rom_data : std_logic_vector(PE * SIMD - 1 downto 0);
  signal out_data : std_logic_vector(PE * WIDTH - 1 downto 0);
begin
  clk <= not clk after 5 ns;
  rst <= '0' after 22 ns;

  dut : entity work.onebit_mvu
    generic map (INPUTS => INPUTS, NEURONS => NEURONS, PE => PE, SIMD => SIMD)
    port map (clk, rst, in_valid, in_ready, in_data, rom_en, rom_addr, rom_data, out_valid, out_ready, out_data);

  rom : process (clk)
    variable row, neuron, input : natural;
  begin
    if rising_edge(clk) and rom_en = '1' then
      row := to_integer(unsigned(rom_addr));
      for p in 0 to PE - 1 loop
        for s in 0 to SIMD - 1 loop
          neuron := PE * (row / FOLDS) + p;
          input := SIMD * (row mod FOLDS) + s;
          rom_data(p * SIMD + s) <= '1';
          if neuron < NEURONS and input < INPUTS then
            rom_data(p * SIMD + s) <= WEIGHTS(neuron)(input);
          end if;
        end loop;
      end loop;
    end if;
  end process;

  send : process
    variable source, pause : random_source;
  begin
    source.start(SEED);
    pause.start(SEED + 200);
    wait until rising_edge(clk) and rst = '0';
    for v in 1 to VECTORS loop
      while pause.chance(STALL) loop
        wait until rising_edge(clk);
      end loop;
      in_valid <= '1';
      in_data <= source.bits(INPUTS);
      wait until rising_edge(clk) and in_ready = '1';
      in_valid <= '0';
      in_data <= (others => 'X');
    end loop;
    wait;
  end process;

  check : process
    variable source, pause : random_source;
    variable x : std_logic_vector(INPUTS - 1 downto 0);
    variable count : natural;
  begin
    source.start(SEED);
    pause.start(SEED + 300);
    for v in 1 to VECTORS loop
      x := source.bits(INPUTS);
      for g in 0 to GROUPS - 1 loop
        while pause.chance(STALL) loop
          wait until rising_edge(clk);
        end loop;
        out_ready <= '1';
        wait until rising_edge(clk) and out_valid = '1';
        out_ready <= '0';
        for p in 0 to minimum(PE, NEURONS - g * PE) - 1 loop
          count := 0;
          for k in x'range loop
            count := count + 1 when x(k) = WEIGHTS(g * PE + p)(k);
          end loop;
          assert unsigned(out_data((p + 1) * WIDTH - 1 downto p * WIDTH)) = count
            report "onebit_mvu_tb: vector " & to_string(v) & ", neuron " & to_string(g * PE + p) & " is not "
              & to_string(count) severity failure;
        end loop;
      end loop;
    end loop;
    out_ready <= '1';
    for clock in 1 to 100 loop
      wait until rising_edge(clk);
      assert out_valid = '0' report "onebit_mvu_tb: a group too many" severity failure;
    end loop;
    report "onebit_mvu_tb: passed";
    finish;
  end process;
end architecture;
