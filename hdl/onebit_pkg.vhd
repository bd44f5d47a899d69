-- Sizes that the cores, the generated design and the testbenches share, and the count of agreements.
-- docs/hdl/README.md has the formats: which bit of a vector, of a ROM word and of a beat is which.

library ieee;
use ieee.std_logic_1164.all;

package onebit_pkg is
  -- The least integer >= a / b.
  function ceil_div(a, b : positive) return positive;

  -- Bits of an unsigned number 0 .. n; at least 1, so that no vector is empty.
  function bits_of(n : natural) return positive;

  -- Bits of a number of agreements, 0 .. inputs.
  function count_bits(inputs : positive) return positive;

  -- Bits of a threshold, 0 .. inputs + 1: ceil(log2(inputs + 2)), as in thresholds.txt.
  function threshold_bits(inputs : positive) return positive;

  -- In how many bits a and b, of one length, agree. A sum of ones: synthesis makes an adder tree of it.
  function agreements(a, b : std_logic_vector) return natural;

  -- Bits of a beat of the result: a score is an int32.
  constant SCORE_BITS : positive := 32;
end package;

package body onebit_pkg is
  function ceil_div(a, b : positive) return positive is
  begin
    return (a - 1) / b + 1;
  end function;

  function bits_of(n : natural) return positive is
    variable bits : positive := 1;
    variable rest : natural := n / 2;
  begin
    while rest > 0 loop
      bits := bits + 1;
      rest := rest / 2;
    end loop;
    return bits;
  end function;

  function count_bits(inputs : positive) return positive is
  begin
    return bits_of(inputs);
  end function;

  function threshold_bits(inputs : positive) return positive is
  begin
    return bits_of(inputs + 1);
  end function;

  function agreements(a, b : std_logic_vector) return natural is
    alias c : std_logic_vector(a'length - 1 downto 0) is a;
    alias d : std_logic_vector(a'length - 1 downto 0) is b;
    variable one : natural range 0 to 1;
    variable n : natural range 0 to a'length := 0;
  begin
    for i in c'range loop
      one := 1 when c(i) = d(i) else 0;
      n := n + one;
    end loop;
    return n;
  end function;
end package body;
