/** onebit classify */

import type { Command } from "commander";
import { OnebitError } from "../../core/errors.ts";
import { parseIdx } from "../../data/idx.ts";
import { mnistDigit } from "../../images/digit.ts";
import { decodePgm } from "../../images/pgm.ts";
import { decodePng } from "../../images/png.ts";
import { best } from "../../infer/run.ts";
import { loadModel } from "../../infer.ts";
import { encodeModel } from "../../model/file.ts";
import { type FrozenInput, inputsOf } from "../../model/model.ts";
import { readBytes } from "../../node/files.ts";
import { type Io, writeJson } from "../io.ts";
import { readModel } from "../models.ts";
import { addExample, addJsonOption } from "../options.ts";
import { colorsOf, count } from "../terminal.ts";

interface ClassifyOptions {
  readonly json?: boolean;
}

export function define(command: Command, io: Io): void {
  command
    .description(
      "The class of each picture, its scores, and what the network sees of it. PNG and PGM pictures are centred and scaled " +
        "as MNIST does; images of an IDX file are taken as they are.",
    )
    .argument("<model>", "folder of a run, or a .onebit model")
    .argument("<image...>", "PNG, PGM or IDX files");
  addJsonOption(command);
  addExample(command, "onebit classify runs/first seven.png");
  command.action(async (path: string, files: string[], { json }: ClassifyOptions) => {
    const { model, info } = await readModel(path);
    const loaded = loadModel(encodeModel(model, info));
    const { bold } = colorsOf(io.stdout, io.env);
    for (const file of files) {
      const { images, width } = await readImages(file, inputsOf(model));
      const scores = loaded.scores(images);
      const classes = best(scores, loaded.classes);
      for (const [i, digit] of classes.entries()) {
        const name = classes.length === 1 ? file : `${file}, image ${i}`;
        const own = [...scores.subarray(i * loaded.classes, (i + 1) * loaded.classes)];
        if (json) writeJson(io.stdout, { image: name, class: digit, scores: own });
        else {
          const image = images.subarray(i * loaded.inputs, (i + 1) * loaded.inputs);
          io.stdout.write(`${drawing(image, width, model.input)}${name}: ${bold(String(digit))}\n`);
          io.stdout.write(`scores ${own.map((score, j) => `${j}: ${count(score)}`).join("  ")}\n`);
        }
      }
    }
  });
}

/** The images of a file, u8 [count, inputs], and the width of one. */
async function readImages(path: string, inputs: number): Promise<{ images: Uint8Array; width: number }> {
  const bytes = await readBytes(path);
  if (bytes.length === 0) throw new OnebitError("data", `${path} is empty`);
  if (bytes[0] === 0 || bytes[0] === 0x1f) return readIdxImages(bytes, path, inputs);
  const side = Math.round(Math.sqrt(inputs));
  if (side * side !== inputs) {
    throw new OnebitError(
      "shape",
      `this model takes ${inputs} pixels, which is no square that ${path} could be fitted into`,
      "Give an IDX file with images of that size.",
    );
  }
  if (bytes[0] === 0x89) return { images: mnistDigit(await decodePng(bytes, path), side, path), width: side };
  if (bytes[0] === 0x50) return { images: mnistDigit(decodePgm(bytes, path), side, path), width: side };
  throw new OnebitError("data", `${path} is neither PNG, PGM nor IDX`, "Convert it to one of these.");
}

function readIdxImages(bytes: Uint8Array, path: string, inputs: number): { images: Uint8Array; width: number } {
  const { dimensions, values } = parseIdx(bytes, path);
  const [, height = 1, width = 1] = dimensions;
  if (dimensions.length !== 3 || height * width !== inputs) {
    throw new OnebitError("shape", `${path} holds ${dimensions.join(" × ")} values, not images of ${inputs} pixels`);
  }
  return { images: values, width };
}

/** Bits as half blocks, two rows a line; pixels as shades, two characters each. */
function drawing(image: Uint8Array, width: number, input: FrozenInput): string {
  const height = image.length / width;
  let text = "";
  if (input.kind === "pixels") {
    for (let r = 0; r < height; r++) {
      for (let c = 0; c < width; c++) text += " ░▒▓█"[Math.floor(image[r * width + c]! / 51.2)]!.repeat(2);
      text += "\n";
    }
    return text;
  }
  const bit = (r: number, c: number) => (r < height && image[r * width + c]! > input.threshold ? 1 : 0);
  for (let r = 0; r < height; r += 2) {
    for (let c = 0; c < width; c++) text += " ▀▄█"[bit(r, c) + 2 * bit(r + 1, c)];
    text += "\n";
  }
  return text;
}
