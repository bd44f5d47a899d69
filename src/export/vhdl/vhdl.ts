/** A frozen model as a complete VHDL-2008 design: cores, ROMs, top level, self-checking testbench, vectors, Makefile and
 *  README. docs/hdl/ describes what it is made of. Nothing here touches a file system. */

import type { ModelFile } from "../../model/file.ts";
import { type ExportFile, textFile } from "../files.ts";
import { writeText } from "../text/write.ts";
import { romEntity, sizesPackage, testbench, textArchitectures, topEntity } from "./design.ts";
import { cores, simulation } from "./generated/cores.ts";
import { makefile, readme } from "./guide.ts";
import { makePlan, type PlanOptions } from "./plan.ts";
import { coeFile, memFile, mifFile } from "./roms.ts";
import { expected, STIMULUS, stimulus, type Vectors } from "./vectors.ts";

/** The files of the design, by paths within its folder. Throws `argument`, `model` and `shape` as `makePlan` and the
 *  vectors do, `model` when the model is inconsistent. */
export function writeVhdl(file: ModelFile, options: PlanOptions, vectors: Vectors, writer: string): ExportFile[] {
  const { model, hash } = file;
  const plan = makePlan(model, options);
  const { name, sizes, threshold, input } = plan;
  const texts: (readonly [string, string])[] = [
    ...Object.entries(cores).map(([file, text]) => [`rtl/${file}`, text] as const),
    [`rtl/${name}_pkg.vhd`, sizesPackage(plan)],
    ...plan.roms.map((rom) => [`rtl/${name}_${rom.name}.vhd`, romEntity(name, rom)] as const),
    [`rtl/${name}.vhd`, topEntity(plan)],
    ...Object.entries(simulation).map(([file, text]) => [`sim/${file}`, text] as const),
    [`sim/${name}_from_text.vhd`, textArchitectures(plan)],
    [`sim/${name}_tb.vhd`, testbench(plan)],
    ...plan.roms.flatMap((rom) => [
      [`rom/${rom.name}.mem`, memFile(rom)] as const,
      [`rom/${rom.name}.mif`, mifFile(rom)] as const,
      [`rom/${rom.name}.coe`, coeFile(rom)] as const,
    ]),
    [STIMULUS, stimulus(vectors, sizes[0]!, threshold, input === "pixels" ? 8 : 1)],
    ["vectors/expected.hex", expected(vectors, sizes.at(-1)!)],
    ["Makefile", makefile(plan, vectors.count)],
    ["README.md", readme(plan, { hash, writer, images: vectors.count })],
  ];
  return [
    ...texts.map(([path, text]) => textFile(path, text)),
    ...writeText(file, "source", writer).map(({ name: inner, chunks }) => ({ name: `text/${inner}`, chunks })),
  ];
}
