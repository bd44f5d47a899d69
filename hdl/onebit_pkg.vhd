-- Sizes that the cores, the generated design and the testbenches share, and the count of 1 bits.
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

  -- The number of 1 bits of v.
  function popcount(v : std_logic_vector) return natural;

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

  -- A tree: each half is counted, then the two are added. Ranged naturals keep each adder as narrow as its sum.
  function popcount(v : std_logic_vector) return natural is
    constant HALF : natural := v'length / 2;
    alias a : std_logic_vector(v'length - 1 downto 0) is v;
    variable n : natural range 0 to v'length;
  begin
    if v'length = 1 then
      n := 1 when a(0) = '1' else 0;
    else
      n := popcount(a(a'high downto HALF)) + popcount(a(HALF - 1 downto 0));
    end if;
    return n;
  end function;
end package body;
