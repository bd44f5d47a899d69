-- onebit_argmax against scores and a search written out, on random counts, many of them equal.

library ieee;
use ieee.std_logic_1164.all;
use ieee.numeric_std.all;
use std.env.all;
use work.onebit_pkg.all;
use work.onebit_test_pkg.all;

entity onebit_argmax_tb is
  generic (
    INPUTS  : positive := 5;
    CLASSES : positive := 7;
    PE      : positive := 3;
    AFFINE  : boolean := true;
    VECTORS : positive := 100;
    STALL   : natural := 40;
    SEED    : positive := 1
  );
end entity;

architecture sim of onebit_argmax_tb is
  constant GROUPS : positive := ceil_div(CLASSES, PE);
  constant WIDTH : positive := count_bits(INPUTS);
  constant SCALE_BITS : positive := 4;
  constant OFFSET_BITS : positive := 5;
  type numbers is array (0 to GROUPS * PE - 1) of integer;

  impure function random_numbers(offset, lowest, highest, plain : integer) return numbers is
    variable source : random_source;
    variable n : numbers;
  begin
    source.start(SEED + offset);
    for j in n'range loop
      n(j) := source.number(lowest, highest) when AFFINE else plain;
    end loop;
    return n;
  end function;

  constant A : numbers := random_numbers(100, -8, 7, 1);
  constant B : numbers := random_numbers(101, -16, 15, 0);

  signal clk : std_logic := '0';
  signal rst : std_logic := '1';
  signal in_valid, in_ready, out_valid, out_last, rom_en : std_logic := '0';
  signal out_ready : std_logic := '0';
  signal in_data : std_logic_vector(PE * WIDTH - 1 downto 0);
  signal rom_addr : std_logic_vector(bits_of(CLASSES - 1) - 1 downto 0);
  signal rom_data : std_logic_vector(SCALE_BITS + OFFSET_BITS - 1 downto 0);
  signal out_data : std_logic_vector(SCORE_BITS - 1 downto 0);
begin
  clk <= not clk after 5 ns;
  rst <= '0' after 22 ns;

  dut : entity work.onebit_argmax
    generic map (
      INPUTS => INPUTS, CLASSES => CLASSES, PE => PE, AFFINE => AFFINE, SCALE_BITS => SCALE_BITS,
      OFFSET_BITS => OFFSET_BITS
    )
    port map (clk, rst, in_valid, in_ready, in_data, rom_en, rom_addr, rom_data, out_valid, out_ready, out_data, out_last);

  rom : process (clk)
    variable class : natural;
  begin
    if rising_edge(clk) and rom_en = '1' then
      class := to_integer(unsigned(rom_addr));
      rom_data <= std_logic_vector(to_signed(A(class), SCALE_BITS) & to_signed(B(class), OFFSET_BITS));
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
        in_data((p + 1) * WIDTH - 1 downto p * WIDTH) <=
          std_logic_vector(to_unsigned(source.number(0, INPUTS), WIDTH));
      end loop;
      wait until rising_edge(clk) and in_ready = '1';
      in_valid <= '0';
      in_data <= (others => 'X');
    end loop;
    wait;
  end process;

  check : process
    variable source, pause : random_source;
    variable scores : numbers;
    variable best : natural;

    procedure expect(value : integer; last : std_logic; what : string) is
    begin
      while pause.chance(STALL) loop
        wait until rising_edge(clk);
      end loop;
      out_ready <= '1';
      wait until rising_edge(clk) and out_valid = '1';
      out_ready <= '0';
      assert signed(out_data) = value and out_last = last
        report "onebit_argmax_tb: " & what & " is " & to_string(to_integer(signed(out_data))) & ", expected "
          & to_string(value) severity failure;
    end procedure;
  begin
    source.start(SEED);
    pause.start(SEED + 300);
    for v in 1 to VECTORS loop
      for j in scores'range loop
        scores(j) := A(j) * source.number(0, INPUTS) + B(j);
      end loop;
      best := 0;
      for j in 0 to CLASSES - 1 loop
        best := j when scores(j) > scores(best);
        expect(scores(j), '0', "score " & to_string(j) & " of vector " & to_string(v));
      end loop;
      expect(best, '1', "the class of vector " & to_string(v));
    end loop;
    out_ready <= '1';
    for clock in 1 to 100 loop
      wait until rising_edge(clk);
      assert out_valid = '0' report "onebit_argmax_tb: a beat too many" severity failure;
    end loop;
    report "onebit_argmax_tb: passed";
    finish;
  end process;
end architecture;
