-- Random numbers for the cores' testbenches: two sources of one seed give the same sequence, so that what is sent need not be
-- kept until it is checked.

library ieee;
use ieee.std_logic_1164.all;
use ieee.math_real.all;

package onebit_test_pkg is
  type random_source is protected
    procedure start(seed : positive);
    -- True in percent of the cases.
    impure function chance(percent : natural) return boolean;
    impure function bits(n : positive) return std_logic_vector;
    -- lowest .. highest
    impure function number(lowest, highest : integer) return integer;
  end protected;
end package;

package body onebit_test_pkg is
  type random_source is protected body
    variable seed_1, seed_2 : positive := 1;

    impure function draw return real is
      variable x : real;
    begin
      uniform(seed_1, seed_2, x);
      return x;
    end function;

    procedure start(seed : positive) is
    begin
      seed_1 := seed;
      seed_2 := seed + 1;
    end procedure;

    impure function chance(percent : natural) return boolean is
    begin
      return draw * 100.0 < real(percent);
    end function;

    impure function bits(n : positive) return std_logic_vector is
      variable v : std_logic_vector(n - 1 downto 0);
    begin
      for i in v'range loop
        v(i) := '1' when draw < 0.5 else '0';
      end loop;
      return v;
    end function;

    impure function number(lowest, highest : integer) return integer is
    begin
      return lowest + integer(floor(draw * real(highest - lowest + 1)));
    end function;
  end protected body;
end package body;
