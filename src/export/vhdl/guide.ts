/** The Makefile and the README of an exported design. */

import { explainTable, imagesPerSecond } from "./explain.ts";
import { LANES } from "./folding.ts";
import type { Plan } from "./plan.ts";

export function makefile({ name, roms, sizes, inputBits, folding }: Plan, images: number): string {
  return `# Simulation with GHDL, netlists with GHDL and Yosys. All results go to build/.

GHDL  ?= ghdl
FLAGS := --std=08
SEED  ?= 1
STALL_IN  ?= 30
STALL_OUT ?= 30

CORES := onebit_pkg onebit_stream_in onebit_binarize onebit_mvu onebit_threshold onebit_argmax
ROMS  := ${roms.map((rom) => rom.name).join(" ")}
RTL   := $(CORES:%=rtl/%.vhd) rtl/${name}_pkg.vhd $(ROMS:%=rtl/${name}_%.vhd) rtl/${name}.vhd
SIM   := sim/onebit_checker.vhd sim/${name}_tb.vhd
TEXT  := sim/onebit_text_pkg.vhd sim/${name}_from_text.vhd

.PHONY: sim stalls text netlist iverilog ice40 xilinx clean

# At full speed, with the clocks between results measured.
sim: build/rtl/analysed
	$(call run,build/rtl)

# With random stalls at both ends, in % of the clocks: make stalls STALL_IN=50 SEED=7
stalls: build/rtl/analysed
	$(call run,build/rtl,-gSTALL_IN=$(STALL_IN) -gSTALL_OUT=$(STALL_OUT) -gSEED=$(SEED))

# With the ROMs read from text/weights.txt and text/thresholds.txt, character by character.
text: build/text/analysed
	$(call run,build/text)

# The design in Verilog, for tools that do not read VHDL-2008.
netlist: build/${name}.v

# The vectors through that Verilog, in Icarus Verilog: for a small network.
iverilog: build/${name}.v
	iverilog -g2012 -o build/netlist_tb $(DEFINES) sim/onebit_netlist_tb.v $<
	vvp -n build/netlist_tb

DEFINES := -DTOP=${name} -DIN_BITS=${inputBits} -DIN_BEATS=${folding.beats} -DOUT_BEATS=${sizes.at(-1)! + 1} \
  -DIMAGES=${images} -DCYCLES=${folding.latency}

# What it takes of an AMD 7-series FPGA.
xilinx: build/${name}.v
	yosys -p "read_verilog $<; synth_xilinx -family xc7 -top ${name}; stat"

# $(call run,FOLDER,GENERICS). The ROMs' constants are large, hence the stack.
run = ulimit -s 65536; $(GHDL) --elab-run $(FLAGS) --workdir=$(1) ${name}_tb --max-stack-alloc=0 $(2)

# A bitstream for Lattice's iCE40 HX8K, placed and routed: for a small network. Fails below FMAX MHz.
FMAX ?= 70
ice40: build/${name}.bin

build/${name}.bin: build/${name}.v
	yosys -q -p "read_verilog $<; synth_ice40 -top ${name} -json build/${name}.json"
	nextpnr-ice40 --hx8k --package ct256 --freq $(FMAX) --seed 1 --quiet --log build/nextpnr.log \\
	  --json build/${name}.json --asc build/${name}.asc
	grep -E "ICESTORM_(LC|RAM):" build/nextpnr.log
	grep "Max frequency" build/nextpnr.log | tail -n 1
	icepack build/${name}.asc $@

build/rtl/analysed: $(RTL) $(SIM)
	mkdir -p $(@D)
	$(GHDL) -a $(FLAGS) --workdir=$(@D) $^
	touch $@

build/text/analysed: $(RTL) $(TEXT) $(SIM)
	mkdir -p $(@D)
	$(GHDL) -a $(FLAGS) --workdir=$(@D) $^
	touch $@

build/${name}.v: build/rtl/analysed
	$(GHDL) --synth $(FLAGS) --workdir=build/rtl --out=verilog ${name} > $@.partial
	mv $@.partial $@

clean:
	rm -rf build
`;
}

export interface About {
  /** The model's hash. */
  readonly hash: string;
  readonly writer: string;
  /** Images among the vectors. */
  readonly images: number;
}

export function readme(plan: Plan, { hash, writer, images }: About): string {
  const { name, sizes, folding, input, threshold, scores } = plan;
  const { beats, interval, latency } = folding;
  const classes = sizes.at(-1)!;
  const [head, ...rows] = explainTable(folding);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const table = line(head!) + line(head!.map(() => "---")) + rows.map(line).join("");
  const lanes =
    input === "bits"
      ? `${LANES} bits: bit l of beat b is pixel ${LANES}b + l, 1 iff the pixel is greater than ${threshold}. The host compares.`
      : `${8 * LANES} bits: bits 8l … 8l + 7 of beat b are pixel ${LANES}b + l, 0 … 255. The design takes it for 1 iff it is greater than ${threshold}.`;
  return `# ${name}: ${sizes.join("-")} in VHDL-2008

Written by ${writer} from the frozen model ${hash}.
It gives the scores of that model, bit for bit: \`make sim\` sends ${images} images and compares every score.

| | |
| --- | --- |
| \`rtl/\` | the design: \`onebit_*.vhd\` are the cores, \`${name}_*.vhd\` sizes and read-only memories, \`${name}.vhd\` the top level |
| \`sim/\` | its testbench \`${name}_tb\`, and the memories once more, read from \`text/\` |
| \`vectors/\` | beats in and beats out, one a line, in hexadecimal |
| \`rom/\` | the memories as .mem (binary), .mif and .coe, row 0 first, the most significant bit first |
| \`text/\` | weights, thresholds and scores, character by character |

## Ports of \`${name}\`

One clock, \`aclk\`; \`aresetn\` is synchronous and active low. Both streams are AXI4-Stream: a beat passes at a rising edge at which
tvalid and tready are 1, and what is offered stays until it is taken. \`s_axis_tready\` comes from a register.

* \`s_axis\`: an image is a packet of ${beats} beats, tlast with the last one. A beat has ${lanes}
  ${sizes[0]! % LANES === 0 ? "" : "What is beyond the last pixel is not looked at. "}A packet of another length is dropped, and \`bad_frame\` is 1 for a clock.
* \`m_axis\`: a result is a packet of ${classes + 1} beats of 32 bits, two's complement: the scores of class 0 … ${classes - 1}, then the class, with tlast.
  The class is the one of the greatest score, the lowest index among equals. ${scores === undefined ? "A score is the number of agreements." : `Score j is A_j · agreements + B_j (\`${name}_scores.vhd\`).`}

## Speed and size

A new image every **${interval} clocks**, ${imagesPerSecond(interval, 100).toLocaleString("en")} images/s at 100 MHz; a single image takes ${latency} clocks from its first beat to the
last beat of its result. PE neurons and SIMD inputs of a layer are worked on in a clock.

${table}
RAMB18 are block RAMs of 18 kbit that hold the weights at least; a tool may take more, and thresholds go into logic. Utilisation is the
share of a layer's XNOR gates that do useful work. \`make xilinx\` says what Yosys makes of it.

## Memories

Each is an entity of its own with clk, en, addr and data, so that a vendor's memory can take its place: data is the row at addr of the
last clock at which en was 1. Row r of \`weights_l\` belongs to neurons PE · (r div F) … and inputs SIMD · (r mod F) …, F = ceil(inputs / SIMD);
bit p · SIMD + s is the weight of the p-th of these neurons on the s-th of these inputs, 1 for +1. Row g of \`thresholds_l\` has the
thresholds of neurons PE · g …, the first one lowest: a neuron fires iff at least that many inputs agree with its weights. What is
beyond the last input or neuron is filled up with 1.

## Commands

They need GHDL ${GHDL_VERSION} or later, the last three also Icarus Verilog, Yosys, nextpnr and IceStorm.

\`\`\`sh
make sim            # all vectors at full speed; fails when results come less often than every ${interval} clocks
make stalls SEED=7  # the same with random stalls at both ends
make text           # the same with the memories read from text/
make netlist        # the design in Verilog, build/${name}.v
make iverilog       # the vectors through that Verilog; a small network only
make ice40          # a bitstream for iCE40 HX8K, pins anywhere; a small network only
make xilinx         # what it takes of an AMD 7-series FPGA
\`\`\`
`;
}

const GHDL_VERSION = "2.0";
