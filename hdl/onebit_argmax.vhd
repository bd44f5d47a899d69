-- Scores and argmax: score_j = A_j * p_j + B_j of each class, then the class of the greatest, the lowest index among equals.
-- docs/hdl/onebit_argmax.md describes it.
--
-- One class a clock. The result is a packet of CLASSES + 1 beats: the scores, class by class, then the class, which is
-- the last beat. Row j of the ROM holds B_j in its low OFFSET_BITS and A_j above; both are two's complement.
-- With AFFINE false A is 1, B is 0, and there is no multiplier and no ROM.
--
-- The sum is taken modulo 2^32. It is exact, for a frozen model's scores fit into 32 bits.

library ieee;
use ieee.std_logic_1164.all;
use ieee.numeric_std.all;
use work.onebit_pkg.all;

entity onebit_argmax is
  generic (
    INPUTS      : positive;
    CLASSES     : positive;
    PE          : positive := 1;
    AFFINE      : boolean := false;
    SCALE_BITS  : positive range 1 to SCORE_BITS := 1;
    OFFSET_BITS : positive range 1 to SCORE_BITS := 1
  );
  port (
    clk : in std_logic;
    rst : in std_logic;
    -- Groups of PE counts, as onebit_mvu gives them.
    in_valid : in  std_logic;
    in_ready : out std_logic;
    in_data  : in  std_logic_vector(PE * count_bits(INPUTS) - 1 downto 0);
    -- The scores' ROM: rom_data is row rom_addr of the last clock at which rom_en was 1.
    rom_en   : out std_logic;
    rom_addr : out std_logic_vector(bits_of(CLASSES - 1) - 1 downto 0);
    rom_data : in  std_logic_vector(SCALE_BITS + OFFSET_BITS - 1 downto 0) := (others => '0');
    -- The result, a beat a clock.
    out_valid : out std_logic;
    out_ready : in  std_logic;
    out_data  : out std_logic_vector(SCORE_BITS - 1 downto 0);
    out_last  : out std_logic
  );
end entity;

architecture rtl of onebit_argmax is
  constant WIDTH : positive := count_bits(INPUTS);

  signal move : std_logic;

  -- The group at work, its next count lowest, and how many of its counts are left.
  signal counts : std_logic_vector(in_data'range);
  signal left : unsigned(bits_of(PE) - 1 downto 0) := (others => '0');
  -- The beat that is next: a class, or CLASSES for the last one.
  signal beat : unsigned(bits_of(CLASSES) - 1 downto 0) := (others => '0');
  signal ends : std_logic;

  -- Stage 1: A and B are at rom_data. Stage 2: the score. Stage 3: the beat.
  signal valid_1, valid_2, valid_3 : std_logic := '0';
  signal ends_1, ends_2 : std_logic;
  signal beat_1, beat_2 : unsigned(beat'range);
  signal count_1 : std_logic_vector(WIDTH - 1 downto 0);
  signal score_2, best : signed(SCORE_BITS - 1 downto 0);
  signal best_class : unsigned(beat'range);
begin
  assert PE <= CLASSES report "onebit_argmax: PE must be 1 .. CLASSES" severity failure;

  move <= out_ready or not valid_3;
  ends <= '1' when beat = CLASSES else '0';
  in_ready <= '1' when left = 0 and ends = '0' else '0';
  rom_en <= move and not ends;
  rom_addr <= std_logic_vector(beat(rom_addr'range));
  out_valid <= valid_3;

  scan : process (clk)
    variable product : signed(SCORE_BITS + WIDTH downto 0);
  begin
    if rising_edge(clk) then
      if move = '1' then
        valid_1 <= '0';
        ends_1 <= ends;
        beat_1 <= beat;
        count_1 <= counts(WIDTH - 1 downto 0);
        if ends = '1' then
          valid_1 <= '1';
          beat <= (others => '0');
        elsif left /= 0 then
          valid_1 <= '1';
          beat <= beat + 1;
          -- After the last class, what is left of the group are neurons that do not exist.
          left <= (others => '0') when beat = CLASSES - 1 else left - 1;
          counts <= std_logic_vector(shift_right(unsigned(counts), WIDTH));
        end if;

        valid_2 <= valid_1;
        ends_2 <= ends_1;
        beat_2 <= beat_1;
        if AFFINE and valid_1 = '1' then
          product := resize(signed(rom_data(rom_data'high downto OFFSET_BITS)) * signed('0' & count_1), product'length);
          score_2 <= product(score_2'range) + resize(signed(rom_data(OFFSET_BITS - 1 downto 0)), SCORE_BITS);
        else
          score_2 <= signed(resize(unsigned(count_1), SCORE_BITS));
        end if;

        valid_3 <= valid_2;
        out_last <= ends_2;
        out_data <= std_logic_vector(resize(best_class, SCORE_BITS)) when ends_2 = '1' else std_logic_vector(score_2);
        if valid_2 = '1' and ends_2 = '0' and (beat_2 = 0 or score_2 > best) then
          best <= score_2;
          best_class <= beat_2;
        end if;
      end if;
      if left = 0 and ends = '0' and in_valid = '1' then
        counts <= in_data;
        left <= to_unsigned(PE, left'length);
      end if;
      if rst = '1' then
        left <= (others => '0');
        beat <= (others => '0');
        valid_1 <= '0';
        valid_2 <= '0';
        valid_3 <= '0';
      end if;
    end if;
  end process;
end architecture;
