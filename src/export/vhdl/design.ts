/** The generated VHDL: the ROMs, the top level that connects the cores of hdl/, its testbench, and the ROMs' second
 *  architecture, which reads the text files. Text from numbers; nothing is computed here. */

import { thresholdBits } from "../../model/model.ts";
import { LANES } from "./folding.ts";
import type { Plan } from "./plan.ts";
import { type Rom, vhdlAggregate } from "./roms.ts";

/** ROM `rom` as an entity of its own, so that a vendor's memory can take its place. */
export function romEntity(name: string, { rows: content, ...rest }: Rom): string {
  // A memory of one row would have an address of no bits; GHDL 2.0 does not synthesize it.
  const rom = { ...rest, rows: content.length === 1 ? [content[0]!, content[0]!] : content };
  return `-- ${rom.rows.length} x ${rom.width} bits, read synchronously. ${GENERATED}

library ieee;
use ieee.std_logic_1164.all;
use ieee.numeric_std.all;
use work.onebit_pkg.all;

entity ${name}_${rom.name} is
  port (
    clk  : in  std_logic;
    en   : in  std_logic;
    addr : in  std_logic_vector(bits_of(${rom.rows.length - 1}) - 1 downto 0);
    data : out std_logic_vector(${rom.width - 1} downto 0)
  );
end entity;

architecture constants of ${name}_${rom.name} is
  type rom is array (0 to ${rom.rows.length - 1}) of std_logic_vector(${rom.width - 1} downto 0);
  constant CONTENT : rom := (
${vhdlAggregate(rom)}
  );
begin
  read : process (clk)
  begin
    if rising_edge(clk) and en = '1' then
      data <= CONTENT(to_integer(unsigned(addr)));
    end if;
  end process;
end architecture;
`;
}

/** The design's sizes and folding, which the top level and its testbench share. */
export function sizesPackage({ name, sizes, folding, inputBits }: Plan): string {
  const { layers, beats, interval, latency } = folding;
  const constants = layers.map(
    ({ inputs, neurons, pe, simd, rows, groups }, l) => `
  constant INPUTS_${l}  : positive := ${inputs};
  constant NEURONS_${l} : positive := ${neurons};
  constant PE_${l}      : positive := ${pe};
  constant SIMD_${l}    : positive := ${simd};
  constant ROWS_${l}    : positive := ${rows};
  constant GROUPS_${l}  : positive := ${groups};
`,
  );
  return `-- ${sizes.join("-")}: sizes and folding. ${GENERATED}

package ${name}_pkg is
  constant BEAT_BITS   : positive := ${inputBits};
  constant IMAGE_BEATS : positive := ${beats};
  constant CLASSES     : positive := ${sizes.at(-1)};

  -- Clocks from result to result, and from an image's first beat to its result's last.
  constant CYCLES  : positive := ${interval};
  constant LATENCY : positive := ${latency};
${constants.join("")}end package;
`;
}

/** The top level: AXI4-Stream in, one unit a layer, AXI4-Stream out. */
export function topEntity(plan: Plan): string {
  const { name, folding, input, threshold, scores } = plan;
  const { layers } = folding;
  const signals = layers.map(
    (_, l) => `
  signal vector_${l}_valid, vector_${l}_ready : std_logic;
  signal vector_${l} : std_logic_vector(INPUTS_${l} - 1 downto 0);
  signal counts_${l}_valid, counts_${l}_ready : std_logic;
  signal counts_${l} : std_logic_vector(PE_${l} * count_bits(INPUTS_${l}) - 1 downto 0);`,
  );
  const units = layers.map((_, l) => {
    const unit = `
  weights_${l} : block is
    signal en : std_logic;
    signal addr : std_logic_vector(bits_of(ROWS_${l} - 1) - 1 downto 0);
    signal data : std_logic_vector(PE_${l} * SIMD_${l} - 1 downto 0);
  begin
    rom : entity work.${name}_weights_${l} port map (clk => aclk, en => en, addr => addr, data => data);
    unit : entity work.onebit_mvu
      generic map (INPUTS => INPUTS_${l}, NEURONS => NEURONS_${l}, PE => PE_${l}, SIMD => SIMD_${l})
      port map (
        clk => aclk, rst => rst,
        in_valid => vector_${l}_valid, in_ready => vector_${l}_ready, in_data => vector_${l},
        rom_en => en, rom_addr => addr, rom_data => data,
        out_valid => counts_${l}_valid, out_ready => counts_${l}_ready, out_data => counts_${l}
      );
  end block;
`;
    return unit + (l + 1 < layers.length ? thresholdBlock(plan, l) : "");
  });
  const affine = scores
    ? `
    rom : entity work.${name}_scores port map (clk => aclk, en => en, addr => addr, data => data);`
    : `
    data <= (others => '0');`;
  const last = layers.length - 1;
  const { scaleBits, offsetBits } = scores ?? { scaleBits: 1, offsetBits: 1 };
  return `-- ${plan.sizes.join("-")}, an image every ${folding.interval} clocks. README.md has bits, handshake and latency. ${GENERATED}

library ieee;
use ieee.std_logic_1164.all;
use work.onebit_pkg.all;
use work.${name}_pkg.all;

entity ${name} is
  port (
    aclk    : in std_logic;
    aresetn : in std_logic;
    -- An image is a packet of ${folding.beats} beats of ${LANES} pixels, ${plan.inputBits / LANES} bit${input === "bits" ? "" : "s"} each, the first one lowest.
    s_axis_tvalid : in  std_logic;
    s_axis_tready : out std_logic;
    s_axis_tdata  : in  std_logic_vector(BEAT_BITS - 1 downto 0);
    s_axis_tlast  : in  std_logic;
    -- ${plan.sizes.at(-1)} scores, then the class: int32.
    m_axis_tvalid : out std_logic;
    m_axis_tready : in  std_logic;
    m_axis_tdata  : out std_logic_vector(SCORE_BITS - 1 downto 0);
    m_axis_tlast  : out std_logic;
    -- 1 for a clock when a packet of another length than ${folding.beats} was dropped.
    bad_frame : out std_logic
  );
end entity;

architecture rtl of ${name} is
  signal rst : std_logic := '1';
  signal bits : std_logic_vector(${LANES - 1} downto 0);${signals.join("")}
begin
  rst <= not aresetn when rising_edge(aclk);
${input === "bits" ? "  bits <= s_axis_tdata;" : binarizer(threshold)}
  stream_in : entity work.onebit_stream_in
    generic map (ELEMENTS => INPUTS_0, LANES => ${LANES})
    port map (
      clk => aclk, rst => rst,
      in_valid => s_axis_tvalid, in_ready => s_axis_tready, in_data => bits, in_last => s_axis_tlast,
      out_valid => vector_0_valid, out_ready => vector_0_ready, out_data => vector_0,
      bad_frame => bad_frame
    );
${units.join("")}
  scores : block is
    signal en : std_logic;
    signal addr : std_logic_vector(bits_of(CLASSES - 1) - 1 downto 0);
    signal data : std_logic_vector(${scaleBits + offsetBits - 1} downto 0);
  begin${affine}
    unit : entity work.onebit_argmax
      generic map (
        INPUTS => INPUTS_${last}, CLASSES => CLASSES, PE => PE_${last},
        AFFINE => ${scores !== undefined}, SCALE_BITS => ${scaleBits}, OFFSET_BITS => ${offsetBits}
      )
      port map (
        clk => aclk, rst => rst,
        in_valid => counts_${last}_valid, in_ready => counts_${last}_ready, in_data => counts_${last},
        rom_en => en, rom_addr => addr, rom_data => data,
        out_valid => m_axis_tvalid, out_ready => m_axis_tready, out_data => m_axis_tdata, out_last => m_axis_tlast
      );
  end block;
end architecture;
`;
}

function binarizer(threshold: number): string {
  return `
  binarize : entity work.onebit_binarize
    generic map (THRESHOLD => ${threshold}, LANES => ${LANES})
    port map (valid => s_axis_tvalid, pixels => s_axis_tdata, bits => bits);
`;
}

/** Layer l's thresholds and what follows from them: the next layer's vector. */
function thresholdBlock({ name }: Plan, l: number): string {
  return `
  thresholds_${l} : block is
    signal en : std_logic;
    signal addr : std_logic_vector(bits_of(GROUPS_${l} - 1) - 1 downto 0);
    signal data : std_logic_vector(PE_${l} * threshold_bits(INPUTS_${l}) - 1 downto 0);
  begin
    rom : entity work.${name}_thresholds_${l} port map (clk => aclk, en => en, addr => addr, data => data);
    unit : entity work.onebit_threshold
      generic map (INPUTS => INPUTS_${l}, NEURONS => NEURONS_${l}, PE => PE_${l})
      port map (
        clk => aclk, rst => rst,
        in_valid => counts_${l}_valid, in_ready => counts_${l}_ready, in_data => counts_${l},
        rom_en => en, rom_addr => addr, rom_data => data,
        out_valid => vector_${l + 1}_valid, out_ready => vector_${l + 1}_ready, out_data => vector_${l + 1}
      );
  end block;
`;
}

/** The self-checking testbench of the top level. */
export function testbench({ name }: Plan): string {
  return `-- Sends vectors/stimulus.hex and compares the result with vectors/expected.hex. ${GENERATED}

library ieee;
use ieee.std_logic_1164.all;
use work.onebit_pkg.all;
use work.${name}_pkg.all;

entity ${name}_tb is
  generic (
    STIMULUS  : string := "vectors/stimulus.hex";
    EXPECTED  : string := "vectors/expected.hex";
    STALL_IN  : natural := 0;
    STALL_OUT : natural := 0;
    SEED      : positive := 1
  );
end entity;

architecture sim of ${name}_tb is
  signal aclk, aresetn : std_logic;
  signal s_axis_tvalid, s_axis_tready, s_axis_tlast : std_logic;
  signal s_axis_tdata : std_logic_vector(BEAT_BITS - 1 downto 0);
  signal m_axis_tvalid, m_axis_tready, m_axis_tlast : std_logic;
  signal m_axis_tdata : std_logic_vector(SCORE_BITS - 1 downto 0);
  signal bad_frame : std_logic;
begin
  assert bad_frame /= '1' report "${name}_tb: a frame was dropped" severity failure;

  dut : entity work.${name}
    port map (
      aclk => aclk, aresetn => aresetn,
      s_axis_tvalid => s_axis_tvalid, s_axis_tready => s_axis_tready, s_axis_tdata => s_axis_tdata,
      s_axis_tlast => s_axis_tlast,
      m_axis_tvalid => m_axis_tvalid, m_axis_tready => m_axis_tready, m_axis_tdata => m_axis_tdata,
      m_axis_tlast => m_axis_tlast,
      bad_frame => bad_frame
    );

  checker : entity work.onebit_checker
    generic map (
      STIMULUS => STIMULUS, EXPECTED => EXPECTED,
      IN_BITS => BEAT_BITS, OUT_BITS => SCORE_BITS, IN_BEATS => IMAGE_BEATS, OUT_BEATS => CLASSES + 1,
      CYCLES => CYCLES, WATCHDOG => 20 * LATENCY,
      STALL_IN => STALL_IN, STALL_OUT => STALL_OUT, SEED => SEED
    )
    port map (
      aclk => aclk, aresetn => aresetn,
      m_tvalid => s_axis_tvalid, m_tready => s_axis_tready, m_tdata => s_axis_tdata, m_tlast => s_axis_tlast,
      s_tvalid => m_axis_tvalid, s_tready => m_axis_tready, s_tdata => m_axis_tdata, s_tlast => m_axis_tlast
    );
end architecture;
`;
}

/** A second architecture of every ROM, which reads text/ when the simulation starts. Analysed after the first one, it is
 *  the one that is taken: an entity without a named architecture is bound to the latest. */
export function textArchitectures({ name, folding: { layers }, scores }: Plan): string {
  const texts: string[] = [];
  let weightsBefore = 0;
  let thresholdsBefore = 0;
  for (const [l, { inputs, neurons, pe, simd }] of layers.entries()) {
    const weights = `read_weights("text/weights.txt", ${weightsBefore}, ${inputs}, ${neurons}, ${pe}, ${simd})`;
    texts.push(textArchitecture(`${name}_weights_${l}`, weights));
    weightsBefore += inputs * neurons;
    if (l + 1 === layers.length) continue;
    const thresholds = `read_thresholds("text/thresholds.txt", ${thresholdsBefore}, ${inputs}, ${neurons}, ${pe})`;
    texts.push(textArchitecture(`${name}_thresholds_${l}`, thresholds));
    thresholdsBefore += neurons * (thresholdBits("agreements", inputs) + 1);
  }
  if (scores) {
    const { scaleBits, offsetBits } = scores;
    const read = `read_scores("text/scores.txt", ${layers.at(-1)!.neurons}, ${scaleBits}, ${offsetBits})`;
    texts.push(textArchitecture(`${name}_scores`, read));
  }
  return `-- The ROMs once more, read from text/ character by character: the report's import buffer. Analysed last, these
-- architectures are the ones that are taken. For simulation only. ${GENERATED}
${texts.join("")}`;
}

function textArchitecture(entity: string, read: string): string {
  return `
library ieee;
use ieee.numeric_std.all;
use work.onebit_text_pkg.all;

architecture from_text of ${entity} is
  constant CONTENT : rom := ${read};
begin
  read : process (clk)
  begin
    if rising_edge(clk) and en = '1' then
      data <= CONTENT(to_integer(unsigned(addr)));
    end if;
  end process;
end architecture;
`;
}

const GENERATED = "Generated by onebit.";
