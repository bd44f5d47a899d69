/** onebit classify */

import type { Command } from "commander";
import { OnebitError } from "../../core/errors.ts";
import { FIRST_BYTES } from "../../core/limits.ts";
import type { Shape } from "../../core/shape.ts";
import { checkSampleFit } from "../../data/fit.ts";
import { idxExtent, parseIdx, sampleShape } from "../../data/idx.ts";
import { digitSide, mnistDigit } from "../../images/digit.ts";
import { decodePgm, pgmExtent } from "../../images/pgm.ts";
import { pngExtent } from "../../images/png/chunks.ts";
import { decodePng } from "../../images/png/decode.ts";
import { modelOf } from "../../infer/model.ts";
import { best } from "../../infer/plain.ts";
import type { FrozenEncoder } from "../../model/model.ts";
import { readBytes } from "../../node/read.ts";
import { type Io, writeJson } from "../io.ts";
import { classNamesOf, readModel } from "../models.ts";
import { addExample, addJsonOption } from "../options.ts";
import { shown } from "../shown.ts";
import { colorsOf, count } from "../terminal.ts";

interface ClassifyOptions {
  readonly json?: boolean;
}

export function define(command: Command, io: Io): void {
  command
    .description(
      "The class of each picture, its scores, and what the network sees of it. PNG and PGM pictures are centred and " +
        "scaled as MNIST does; samples of an IDX file are taken as they are.",
    )
    .argument("<model>", "folder of a run, or a .onebit model")
    .argument("<image...>", "PNG, PGM or IDX files");
  addJsonOption(command);
  addExample(command, "onebit classify runs/first seven.png");
  command.action(async (path: string, files: string[], { json }: ClassifyOptions) => {
    const model = modelOf(await readModel(path));
    const names = classNamesOf(model);
    const { bold } = colorsOf(io.stdout, io.env);
    for (const file of files) {
      const { inputs, shape } = await readSamples(file, model.shape, path);
      const scores = model.scores(inputs);
      const labels = best(scores, names.length);
      for (const [i, label] of labels.entries()) {
        const name = labels.length === 1 ? file : `${file}, image ${i}`;
        const own = [...scores.subarray(i * names.length, (i + 1) * names.length)];
        if (json) writeJson(io.stdout, { image: name, label, class: names[label], scores: own });
        else {
          const sample = inputs.subarray(i * model.inputs, (i + 1) * model.inputs);
          io.stdout.write(
            `${drawing(sample, shape, model.model.encoder)}${shown(`${name}: ${bold(names[label]!)}`)}\n`,
          );
          const each = own.map((score, j) => `${names[j]}: ${count(score)}`);
          io.stdout.write(`scores ${shown(each.join("  "))}\n`);
        }
      }
    }
  });
}

interface Read {
  /** u8 [count, ...shape] */
  readonly inputs: Uint8Array;
  readonly shape: Shape;
}

/** The samples of a file, for a model that takes samples of a shape. */
async function readSamples(path: string, wanted: Shape, model: string): Promise<Read> {
  const checkDimensions = (dimensions: readonly number[]) => void idxShape(dimensions, path, wanted, model);
  const extents = { png: pngExtent(path), pgm: pgmExtent(path), idx: idxExtent(path, checkDimensions) };
  const bytes = await readBytes(path, (start, size) => {
    if (size === 0) throw new OnebitError("data", `${path} is empty`);
    return start.length === 0 ? FIRST_BYTES : extents[formatOf(start, path)](start, size);
  });
  const format = formatOf(bytes, path);
  if (format === "idx") {
    const { dimensions, values } = parseIdx(bytes, path, checkDimensions);
    return { inputs: values, shape: idxShape(dimensions, path, wanted, model) };
  }
  const side = digitSide(wanted, model, "Give it samples as an IDX file.");
  const picture = format === "png" ? decodePng(bytes, path) : decodePgm(bytes, path);
  return { inputs: mnistDigit(picture, side, path), shape: [side, side, 1] };
}

/** What a file is, by its first byte. */
function formatOf(start: Uint8Array, path: string): "png" | "pgm" | "idx" {
  if (start[0] === 0 || start[0] === 0x1f) return "idx";
  if (start[0] === 0x89) return "png";
  if (start[0] === 0x50) return "pgm";
  throw new OnebitError("data", `${path} is neither PNG, PGM nor IDX`, "Convert it to one of these.");
}

function idxShape(dimensions: readonly number[], path: string, wanted: Shape, model: string): Shape {
  const shape = sampleShape(dimensions);
  if (shape === undefined) {
    throw new OnebitError(
      "shape",
      `${path} holds ${dimensions[0]} labels, not samples`,
      "Give the file of the images.",
    );
  }
  checkSampleFit({ name: model, shape: wanted }, { name: path, shape }, "Give samples of that shape.");
  return shape;
}

/** What the network sees of a grey picture: bits as half blocks, two rows a line; pixels as shades, two characters
 *  each. Nothing of other samples. */
function drawing(sample: Uint8Array, [height = 0, width = 0, channels]: Shape, encoder: FrozenEncoder): string {
  if (channels !== 1) return "";
  let text = "";
  if (encoder.kind === "pixels") {
    for (let r = 0; r < height; r++) {
      for (let c = 0; c < width; c++) text += " ░▒▓█"[Math.floor(sample[r * width + c]! / 51.2)]!.repeat(2);
      text += "\n";
    }
    return text;
  }
  const bit = (r: number, c: number) => (r < height && sample[r * width + c]! > encoder.threshold ? 1 : 0);
  for (let r = 0; r < height; r += 2) {
    for (let c = 0; c < width; c++) text += " ▀▄█"[bit(r, c) + 2 * bit(r + 1, c)];
    text += "\n";
  }
  return text;
}
