/** The format `c`, and what compiles and runs it. */

import { OnebitError } from "../../core/errors.ts";
import { inputsOf } from "../../model/model.ts";
import { withModel } from "../files.ts";
import { compareScores, defineFormat, parseNumbers, type Target } from "../format.ts";
import { identifier } from "../identifier.ts";
import { text } from "../options.ts";
import { vectorsHeader, writeC } from "./c.ts";
import { CORTEX_M4, CORTEX_M4_RUN, FLAGS, RV32, RV32_RUN, SANITIZE } from "./sources.ts";

const options = {
  name: text("of the functions and files", { default: "model" }),
};

export const cFormat = defineFormat({
  id: "c",
  title: "portable C99 without libc or heap, for this machine and for bare metal",
  options,
  files: (file, { name }, writer) => withModel("c", file, writer, writeC(file, name, writer), { options: { name } }),
  targets: [
    compiled("C99, this machine", FLAGS),
    compiled("C99, sanitized", `${FLAGS} ${SANITIZE}`),
    emulated("C99, Cortex-M4", CORTEX_M4, CORTEX_M4_RUN, "gcc-arm-none-eabi qemu-system-arm"),
    emulated("C99, RV32IM", RV32, RV32_RUN, "gcc-riscv64-unknown-elf qemu-system-misc"),
  ],
});

/** The example for this machine, on all images. */
function compiled(name: string, flags: string): Target<typeof options> {
  return {
    name,
    needs: ["cc"],
    install: "apt-get install gcc libc6-dev",
    async run(subject, host, { name }) {
      await host.copyExport();
      await host.write("images", subject.images);
      await host.run("cc", [...flags.split(" "), "-o", "main", "main.c", `${identifier(name)}.c`]);
      const said = parseNumbers(await host.run("./main", ["images"]));
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

/** The example for bare metal, under QEMU, on the first images. */
function emulated(name: string, compiler: string, emulator: string, packages: string): Target<typeof options> {
  const [compile, ...flags] = compiler.split(" ") as [string, ...string[]];
  const [emulate, ...machine] = emulator.split(" ") as [string, ...string[]];
  return {
    name,
    needs: [compile, emulate],
    install: `apt-get install ${packages}`,
    async run({ model, images, count }, host, { name }) {
      await host.copyExport();
      const vectors = vectorsHeader(model, images.subarray(0, Math.min(FEW, count) * inputsOf(model)));
      await host.write(vectors.name, vectors.chunks);
      await host.run(compile, [...flags, "-o", "bare.elf", "bare.c", `${identifier(name)}.c`, "-lgcc"]);
      // It exits with 1 on a mismatch, which is not a failure to run.
      const output = await host.run(emulate, [...machine, "-kernel", "bare.elf"], [0, 1]);
      const said = /images (\d+) mismatches (\d+) instructions (\d+)/.exec(output)?.slice(1).map(Number);
      if (said === undefined) throw new OnebitError("file", `${emulate} says: ${output.trim().slice(-400)}`);
      return { images: said[0]!, mismatches: said[1]!, instructions: said[2]! };
    },
  };
}
