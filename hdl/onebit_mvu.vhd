-- Matrix-vector unit: the agreements of an input vector with each neuron's weights, PE neurons times SIMD inputs a clock.
-- docs/hdl/onebit_mvu.md describes it.
--
-- Row r of the weights' ROM holds what one clock takes: neurons PE*(r div FOLDS) .., inputs SIMD*(r mod FOLDS) .., where
-- FOLDS = ceil(INPUTS / SIMD). Bit p*SIMD + s of a row is the weight of the p-th of these neurons on the s-th of these
-- inputs. Inputs beyond the last are 0 here and 1 in the ROM, so that they disagree and add nothing.
--
-- Pipeline: row number -> row of the ROM, chunk of the vector -> agreements of pieces of the chunk -> agreements of the
-- chunk -> their sum over the chunks.
-- A stage waits while the next one is full and waits, so gaps close while a group of counts waits to be taken.

library ieee;
use ieee.std_logic_1164.all;
use ieee.numeric_std.all;
use work.onebit_pkg.all;

entity onebit_mvu is
  generic (
    INPUTS  : positive;
    NEURONS : positive;
    PE      : positive := 1;
    SIMD    : positive := 1
  );
  port (
    clk : in std_logic;
    rst : in std_logic;
    -- The input vector: bit k is input k.
    in_valid : in  std_logic;
    in_ready : out std_logic;
    in_data  : in  std_logic_vector(INPUTS - 1 downto 0);
    -- The weights' ROM: rom_data is row rom_addr of the last clock at which rom_en was 1.
    rom_en   : out std_logic;
    rom_addr : out std_logic_vector(bits_of(ceil_div(INPUTS, SIMD) * ceil_div(NEURONS, PE) - 1) - 1 downto 0);
    rom_data : in  std_logic_vector(PE * SIMD - 1 downto 0);
    -- Groups of PE counts, lowest neuron lowest; of the last group, only those of neurons that exist mean something.
    out_valid : out std_logic;
    out_ready : in  std_logic;
    out_data  : out std_logic_vector(PE * count_bits(INPUTS) - 1 downto 0)
  );
end entity;

architecture rtl of onebit_mvu is
  constant FOLDS : positive := ceil_div(INPUTS, SIMD);
  constant ROWS  : positive := FOLDS * ceil_div(NEURONS, PE);
  constant WIDTH : positive := count_bits(INPUTS);

  -- What is counted in one clock, so that an adder tree need not follow a block RAM's slow output in full.
  constant PIECE  : positive := 16;
  constant PIECES : positive := ceil_div(SIMD, PIECE);

  -- Stage 1 .. 4 takes what is before it.
  signal move_1, move_2, move_3, move_4 : std_logic;

  -- The vector is at work; the row and the chunk that are next.
  signal busy : std_logic := '0';
  signal row  : unsigned(rom_addr'range) := (others => '0');
  signal fold : unsigned(bits_of(FOLDS - 1) - 1 downto 0) := (others => '0');

  -- Stage 1: the row is at rom_data. Stage 2: pieces are counted. Stage 3: the chunk is. Stage 4: all chunks are.
  signal chunk : std_logic_vector(SIMD - 1 downto 0);
  signal valid_1, valid_2, valid_3, valid_4 : std_logic := '0';
  signal first_1, first_2, first_3 : std_logic;
  signal last_1, last_2, last_3 : std_logic;
begin
  assert PE <= NEURONS report "onebit_mvu: PE must be 1 .. NEURONS" severity failure;
  assert SIMD <= INPUTS report "onebit_mvu: SIMD must be 1 .. INPUTS" severity failure;

  move_4 <= out_ready or not valid_4;
  move_3 <= move_4 or not valid_3;
  move_2 <= move_3 or not valid_2;
  move_1 <= move_2 or not valid_1;
  in_ready <= not busy;
  rom_en <= move_1;
  rom_addr <= std_logic_vector(row);
  out_valid <= valid_4;

  control : process (clk)
    -- The chunk that is next lies lowest; after FOLDS turns the vector is as it was.
    variable x : std_logic_vector(FOLDS * SIMD - 1 downto 0);
  begin
    if rising_edge(clk) then
      if move_4 = '1' then
        valid_4 <= valid_3 and last_3;
      end if;
      if move_3 = '1' then
        valid_3 <= valid_2;
        first_3 <= first_2;
        last_3 <= last_2;
      end if;
      if move_2 = '1' then
        valid_2 <= valid_1;
        first_2 <= first_1;
        last_2 <= last_1;
      end if;
      if move_1 = '1' then
        chunk <= x(SIMD - 1 downto 0);
        valid_1 <= busy;
        first_1 <= '1' when fold = 0 else '0';
        last_1 <= '1' when fold = FOLDS - 1 else '0';
        if busy = '1' then
          if FOLDS > 1 then
            x := std_logic_vector(rotate_right(unsigned(x), SIMD));
          end if;
          fold <= (others => '0') when fold = FOLDS - 1 else fold + 1;
          if row = ROWS - 1 then
            row <= (others => '0');
            busy <= '0';
          else
            row <= row + 1;
          end if;
        end if;
      end if;
      if busy = '0' and in_valid = '1' then
        x := (others => '0');
        x(in_data'range) := in_data;
        busy <= '1';
      end if;
      if rst = '1' then
        busy <= '0';
        row <= (others => '0');
        fold <= (others => '0');
        valid_1 <= '0';
        valid_2 <= '0';
        valid_3 <= '0';
        valid_4 <= '0';
      end if;
    end if;
  end process;

  neurons_at_work : for p in 0 to PE - 1 generate
    type piece_counts is array (0 to PIECES - 1) of natural range 0 to PIECE;
    signal piece_count : piece_counts;
    signal chunk_count : natural range 0 to SIMD;
    signal sum : natural range 0 to INPUTS;
  begin
    out_data((p + 1) * WIDTH - 1 downto p * WIDTH) <= std_logic_vector(to_unsigned(sum, WIDTH));

    count : process (clk)
      variable high : natural range 0 to SIMD;
      variable total : natural range 0 to SIMD;
    begin
      if rising_edge(clk) then
        if move_2 = '1' and valid_1 = '1' then
          for q in 0 to PIECES - 1 loop
            high := minimum(SIMD, (q + 1) * PIECE) - 1;
            piece_count(q) <= agreements(
              chunk(high downto q * PIECE), rom_data(p * SIMD + high downto p * SIMD + q * PIECE));
          end loop;
        end if;
        if move_3 = '1' and valid_2 = '1' then
          total := 0;
          for q in 0 to PIECES - 1 loop
            total := total + piece_count(q);
          end loop;
          chunk_count <= total;
        end if;
        if move_4 = '1' and valid_3 = '1' then
          sum <= chunk_count when first_3 = '1' else sum + chunk_count;
        end if;
      end if;
    end process;
  end generate;
end architecture;
