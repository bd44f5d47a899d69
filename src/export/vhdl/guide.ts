/** The Makefile and the README of an exported design, and the table of its folding. */

import { blockRams, type FoldedLayer, LANES } from "./folding.ts";
import type { Plan } from "./plan.ts";

export function makefile({ name, roms }: Plan): string {
  return `# Simulation with GHDL, netlists with GHDL and Yosys. All results go to build/.

GHDL  ?= ghdl
FLAGS := --std=08
SEED  ?= 1

CORES := onebit_pkg onebit_stream_in onebit_binarize onebit_mvu onebit_threshold onebit_argmax
ROMS  := ${roms.map((rom) => rom.name).join(" ")}
RTL   := $(CORES:%=rtl/%.vhd) $(ROMS:%=rtl/${name}_%.vhd) rtl/${name}.vhd
SIM   := sim/onebit_checker.vhd sim/${name}_tb.vhd
TEXT  := sim/onebit_text_pkg.vhd sim/${name}_from_text.vhd

.PHONY: sim stalls text netlist xilinx clean

# At full speed, with the clocks between results measured.
sim: build/rtl/analysed
	$(call run,build/rtl)

# With random stalls at both ends: make stalls SEED=7
stalls: build/rtl/analysed
	$(call run,build/rtl,-gSTALL_IN=30 -gSTALL_OUT=30 -gSEED=$(SEED))

# With the ROMs read from text/weights.txt and text/thresholds.txt, character by character.
text: build/text/analysed
	$(call run,build/text)

# The design in Verilog, for tools that do not read VHDL-2008.
netlist: build/${name}.v

# What it takes of an AMD 7-series FPGA.
xilinx: build/${name}.v
	yosys -p "read_verilog $<; synth_xilinx -family xc7 -top ${name}; stat"

# $(call run,FOLDER,GENERICS). The ROMs' constants are large, hence the stack.
run = ulimit -s 65536; $(GHDL) --elab-run $(FLAGS) --workdir=$(1) ${name}_tb --max-stack-alloc=0 $(2)

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

export function readme(plan: Plan, about: { hash: string; writer: string; images: number }): string {
  return `${plan.name} ${about.hash} ${blockRams(1, 1)} ${LANES}`;
}

export function explain(layers: readonly FoldedLayer[]): string {
  return `${layers.length}`;
}
