-- The report's import buffer: reads weights.txt and thresholds.txt character by character into a layer's matrices.
-- For simulation only. docs/hdl/onebit_text_pkg.md describes it.
--
-- weights.txt is one line of millions of characters, so it is read as a file of characters, not line by line.

library ieee;
use ieee.std_logic_1164.all;
use work.onebit_pkg.all;

package onebit_text_pkg is
  -- Row by row, each as wide as a word of the ROM.
  type rom is array (natural range <>) of std_logic_vector;

  -- The rows of onebit_mvu's ROM. The layer's weights begin after SKIP characters: source neuron by source neuron, its
  -- edge to each neuron of this layer.
  impure function read_weights(name : string; skip : natural; inputs, neurons, pe, simd : positive) return rom;

  -- The rows of onebit_threshold's ROM. The layer's lines begin after SKIP characters.
  impure function read_thresholds(name : string; skip : natural; inputs, neurons, pe : positive) return rom;

  -- The rows of onebit_argmax's ROM: a line "A B" a class.
  impure function read_scores(name : string; classes, scale_bits, offset_bits : positive) return rom;
end package;

library ieee;
use ieee.numeric_std.all;
use std.textio.all;

package body onebit_text_pkg is
  type characters is file of character;

  impure function read_weights(name : string; skip : natural; inputs, neurons, pe, simd : positive) return rom is
    file f : characters open read_mode is name;
    constant FOLDS : positive := ceil_div(inputs, simd);
    variable rows : rom(0 to FOLDS * ceil_div(neurons, pe) - 1)(pe * simd - 1 downto 0)
      := (others => (others => '1'));
    variable c : character;
  begin
    for i in 1 to skip loop
      read(f, c);
    end loop;
    for source in 0 to inputs - 1 loop
      for target in 0 to neurons - 1 loop
        read(f, c);
        assert c = '0' or c = '1' report name & ": a weight is '" & c & "', not 0 or 1" severity failure;
        rows((target / pe) * FOLDS + source / simd)((target mod pe) * simd + source mod simd) := '1' when c = '1' else '0';
      end loop;
    end loop;
    return rows;
  end function;

  impure function read_thresholds(name : string; skip : natural; inputs, neurons, pe : positive) return rom is
    file f : characters open read_mode is name;
    constant WIDTH : positive := threshold_bits(inputs);
    -- Neurons that do not exist never fire.
    variable rows : rom(0 to ceil_div(neurons, pe) - 1)(pe * WIDTH - 1 downto 0)
      := (others => (others => '1'));
    variable c : character;
  begin
    for i in 1 to skip loop
      read(f, c);
    end loop;
    for neuron in 0 to neurons - 1 loop
      for bit in WIDTH - 1 downto 0 loop
        read(f, c);
        assert c = '0' or c = '1' report name & ": a threshold has '" & c & "', not 0 or 1" severity failure;
        rows(neuron / pe)((neuron mod pe) * WIDTH + bit) := '1' when c = '1' else '0';
      end loop;
      read(f, c);
      assert c = LF report name & ": a threshold is too long" severity failure;
    end loop;
    return rows;
  end function;

  impure function read_scores(name : string; classes, scale_bits, offset_bits : positive) return rom is
    file f : text open read_mode is name;
    variable rows : rom(0 to classes - 1)(scale_bits + offset_bits - 1 downto 0);
    variable l : line;
    variable a, b : integer;
  begin
    for class in rows'range loop
      readline(f, l);
      read(l, a);
      read(l, b);
      rows(class) := std_logic_vector(to_signed(a, scale_bits) & to_signed(b, offset_bits));
    end loop;
    return rows;
  end function;
end package body;
