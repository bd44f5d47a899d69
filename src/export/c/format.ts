/** The format `c`, and what compiles and runs it. */

import { OnebitError } from "../../core/errors.ts";
import { inputsOf } from "../../model/model.ts";
import { withModel } from "../files.ts";
import { compareScores, defineFormat, parseNumbers, type Target } from "../format.ts";
import { text } from "../options.ts";
import { vectorsHeader, writeC } from "./c.ts";

export const cFormat = defineFormat({
  id: "c",
  title: "portable C99 without libc or heap, for this machine and for bare metal",
  options: {
    name: text("of the functions and files", { default: "model" }),
  },
  files: (file, { name }, writer) => withModel("c", file, writer, writeC(file, name, writer)),
  targets: [
    compiled("C99, this machine", "main"),
    compiled("C99, sanitized", "main-sanitize"),
    emulated(
      "C99, Cortex-M4",
      "cortex-m4",
      ["arm-none-eabi-gcc", "qemu-system-arm"],
      "gcc-arm-none-eabi qemu-system-arm",
    ),
    emulated(
      "C99, RV32IM",
      "rv32",
      ["riscv64-unknown-elf-gcc", "qemu-system-riscv32"],
      "gcc-riscv64-unknown-elf qemu-system-misc",
    ),
  ],
});

/** The program `target` of the Makefile, on all images. */
function compiled(name: string, target: string): Target {
  return {
    name,
    needs: ["make", "cc"],
    install: "apt-get install make gcc libc6-dev",
    async run(subject, host) {
      await host.copyExport();
      await host.write("images", subject.images);
      await host.run("make", ["-B", target]);
      const said = parseNumbers(await host.run(`./${target}`, ["images"]));
      const perLine = subject.expected.length / subject.count + 1; // the class is first
      return compareScores(
        said.filter((_, i) => i % perLine !== 0),
        subject,
      );
    },
  };
}

/** Images that are run where one takes long. */
const FEW = 20;

/** The Makefile's `target`, which runs under QEMU, on the first images. */
function emulated(name: string, target: string, tools: readonly string[], packages: string): Target {
  return {
    name,
    needs: ["make", ...tools],
    install: `apt-get install make ${packages}`,
    async run({ model, images, count }, host) {
      await host.copyExport();
      const vectors = vectorsHeader(model, images.subarray(0, Math.min(FEW, count) * inputsOf(model)));
      await host.write(vectors.name, vectors.chunks);
      // It exits with 1 on a mismatch, which is not a failure to run.
      const output = await host.run("make", ["-B", "-i", target]);
      const said = /images (\d+) mismatches (\d+) instructions (\d+)/.exec(output)?.slice(1).map(Number);
      if (said === undefined) throw new OnebitError("file", `make ${target} says: ${output.trim().slice(-400)}`);
      return { images: said[0]!, mismatches: said[1]!, instructions: said[2]! };
    },
  };
}
