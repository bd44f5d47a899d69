/** A frozen model as portable C99: no libc, no heap, no floating point. Weights and limits are const arrays (flash, on a
 *  microcontroller), activations lie on the stack. It counts differences, as src/model/differences.ts derives, in 32-bit
 *  words: word k of a row holds its elements 32 k … 32 k + 31, the first one in the lowest bit. */

import type { BitMatrix } from "../../core/bits.ts";
import { plainScores } from "../../infer/plain.ts";
import { limits, offsets, planesOf } from "../../model/differences.ts";
import type { ModelFile } from "../../model/file.ts";
import { classesOf, type FrozenModel, inputsOf, layerSizes } from "../../model/model.ts";
import { type ExportFile, textFile } from "../files.ts";
import { identifier } from "../identifier.ts";
import { testImages } from "../vectors.ts";
import { denseStack } from "../visit.ts";
import { BARE, KERNEL, LINKER_SCRIPT, MAIN, MAKEFILE, README } from "./sources.ts";

/** NAME.h and NAME.c; main.c, an example; bare.c and bare.ld, the same on bare metal; vectors.h, what both check;
 *  Makefile and README.md. `name` is that of the functions and of the files with the model; a reserved word is changed. */
export function writeC({ model, hash }: ModelFile, name: string, writer: string): ExportFile[] {
  const word = identifier(name);
  const named = (text: string) => text.replace(/NAME(_UPPER)?/g, (_, upper) => (upper ? word.toUpperCase() : word));
  const title = `${layerSizes(model).join("-")} binarized network, model ${hash.slice(0, 16)}. Written by ${writer}.`;
  return [
    textFile(`${word}.h`, named(header(model, title))),
    textFile(`${word}.c`, named(source(model, title))),
    textFile("main.c", named(MAIN)),
    textFile("bare.c", named(BARE)),
    textFile("bare.ld", LINKER_SCRIPT),
    vectorsHeader(model, testImages(model, 20)),
    textFile("Makefile", named(MAKEFILE)),
    textFile("README.md", named(README)),
  ];
}

/** vectors.h: images u8 [count, inputs] and their scores. */
export function vectorsHeader(model: FrozenModel, images: Uint8Array): ExportFile {
  const n = inputsOf(model);
  const count = images.length / n;
  const classes = classesOf(model);
  const scores = plainScores(model, images, count);
  const rows = (values: Uint8Array | Int32Array, length: number) =>
    Array.from({ length: count }, (_, i) => `{${values.subarray(i * length, (i + 1) * length).join(",")}}`).join(",\n");
  return textFile(
    "vectors.h",
    `/* Images and the scores that the model gives them. */
#include <stdint.h>
#define VECTORS ${count}
static const uint8_t vector_images[VECTORS][${n}] = {
${rows(images, n)}};
static const int32_t vector_scores[VECTORS][${classes}] = {
${rows(scores, classes)}};
`,
  );
}

function header(model: FrozenModel, title: string): string {
  const n = inputsOf(model);
  const bits = `
/* The same of an image that is binarized already: bit k mod 32 of word k div 32 is pixel k; those beyond the last are 0. */
int NAME_classify_bits(const uint32_t bits[NAME_UPPER_WORDS], int32_t scores[NAME_UPPER_CLASSES]);
`;
  return `/* ${title} */
#ifndef ONEBIT_NAME_UPPER_H
#define ONEBIT_NAME_UPPER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NAME_UPPER_INPUTS = ${n}, NAME_UPPER_WORDS = ${wordsOf(n)}, NAME_UPPER_CLASSES = ${classesOf(model)} };

/* Writes the score of each class and returns the class: the greatest score, the first of equal ones. The image is 8-bit
 * grey, row by row, 255 is ink. */
int NAME_classify(const uint8_t image[NAME_UPPER_INPUTS], int32_t scores[NAME_UPPER_CLASSES]);
${model.encoder.kind === "threshold" ? bits : ""}
#ifdef __cplusplus
}
#endif

#endif
`;
}

function source(model: FrozenModel, title: string): string {
  const { hidden, output } = denseStack(model, "c");
  const layers = hidden.map((layer) => limits(layer));
  const limitType = layers.every((values) => values.every((limit) => limit < 2 ** 15)) ? "int16_t" : "int32_t";
  const arrays = hidden.map(
    ({ weights }, i) => `${weightArray(weights, i)}${array(`static const ${limitType} limits_${i}`, layers[i]!)}`,
  );
  const { weights, scale } = output;
  return `/* ${title}
 *
 * An XOR of an input word with a weight word has a 1 where they differ. A hidden neuron fires iff D <= limit, D the number
 * of differences; a class has the score offset - scale * D. Of 8-bit pixels, D is the sum over the eight bit planes. */

#include "NAME.h"

#if defined(__GNUC__) && (defined(__POPCNT__) || defined(__aarch64__) || defined(__riscv_zbb))
#define HARDWARE_POPCOUNT
#else

/* low + 2 * high = a + b + c, in each bit */
#define ADD(high, low, a, b, c) \\
  do { \\
    const uint32_t a_ = (a), b_ = (b), c_ = (c), ab_ = a_ ^ b_; \\
    (high) = (a_ & b_) | (ab_ & c_); \\
    (low) = ab_ ^ c_; \\
  } while (0)

static uint32_t popcount(uint32_t x) {
  x -= (x >> 1) & 0x55555555u;
  x = (x & 0x33333333u) + ((x >> 2) & 0x33333333u);
  x = (x + (x >> 4)) & 0x0f0f0f0fu;
  return (x * 0x01010101u) >> 24;
}

#endif

${arrays.join("")}${weightArray(weights, hidden.length)}${array("static const int32_t scale", scale)}${array(
  "static const int32_t offset",
  offsets(output),
)}${KERNEL}${hidden.length > 0 ? fire(limitType) : ""}${classifier(model)}`;
}

function fire(limitType: string): string {
  return `
/* The bits of a hidden layer. */
static void fire(const uint32_t *x, uint32_t planes, const uint32_t *w, uint32_t words, const ${limitType} *limits,
                 uint32_t neurons, uint32_t *out) {
  uint32_t bits = 0;
  for (uint32_t j = 0; j < neurons; j++, w += words) {
    bits |= (uint32_t)((int32_t)distance(x, planes, w, words) <= limits[j]) << (j % 32);
    if (j % 32 == 31 || j + 1 == neurons) {
      out[j / 32] = bits;
      bits = 0;
    }
  }
}
`;
}

/** NAME_classify, and NAME_classify_bits where the model takes bits. Words are put together before they are stored: arrays
 *  that are set to 0 first become calls of memset, and there is no libc. */
function classifier(model: FrozenModel): string {
  const { hidden, output } = denseStack(model, "c");
  const last = hidden.length;
  const planes = planesOf((hidden[0] ?? output).operand);
  const steps = hidden.map(({ operand, weights: { rows, columns } }, i) => {
    const call = `fire(x_${i}, ${planesOf(operand)}, weights_${i}, ${wordsOf(columns)}, limits_${i}, ${rows}, x_${i + 1});`;
    return `  uint32_t x_${i + 1}[${wordsOf(rows)}];\n  ${call}\n`;
  });
  const { operand, weights } = output;
  const body = `${steps.join("")}  int best = 0;
  const uint32_t *w = weights_${last};
  for (int j = 0; j < NAME_UPPER_CLASSES; j++, w += ${wordsOf(weights.columns)}) {
    const uint32_t d = distance(x_${last}, ${planesOf(operand)}, w, ${wordsOf(weights.columns)});
    scores[j] = (int32_t)(offset[j] - (int64_t)scale[j] * (int64_t)d);
    if (scores[j] > scores[best]) best = j;
  }
  return best;
}
`;
  const signature = "int NAME_classify(const uint8_t image[NAME_UPPER_INPUTS], int32_t scores[NAME_UPPER_CLASSES]) {\n";
  if (planes === 8) {
    return `
${signature}  uint32_t x_0[8 * NAME_UPPER_WORDS];
  for (int plane = 0; plane < 8; plane++) {
    for (int i = 0; i < NAME_UPPER_WORDS; i++) {
      uint32_t word = 0;
      for (int k = 32 * i; k < 32 * i + 32 && k < NAME_UPPER_INPUTS; k++) word |= (uint32_t)(image[k] >> plane & 1) << (k % 32);
      x_0[plane * NAME_UPPER_WORDS + i] = word;
    }
  }
${body}`;
  }
  const threshold = model.encoder.kind === "threshold" ? model.encoder.threshold : 0;
  return `
int NAME_classify_bits(const uint32_t x_0[NAME_UPPER_WORDS], int32_t scores[NAME_UPPER_CLASSES]) {
${body}
${signature}  static const uint8_t threshold = ${threshold};
  uint32_t bits[NAME_UPPER_WORDS];
  for (int i = 0; i < NAME_UPPER_WORDS; i++) {
    uint32_t word = 0;
    for (int k = 32 * i; k < 32 * i + 32 && k < NAME_UPPER_INPUTS; k++) word |= (uint32_t)(image[k] > threshold) << (k % 32);
    bits[i] = word;
  }
  return NAME_classify_bits(bits, scores);
}
`;
}

function weightArray(m: BitMatrix, i: number): string {
  const words = wordsOf(m.columns);
  const view = new DataView(m.bytes.buffer, m.bytes.byteOffset, m.bytes.byteLength);
  const values = Array.from({ length: m.rows * words }, (_, k) => {
    const word = view.getUint32(Math.floor(k / words) * m.stride + 4 * (k % words), true);
    return `0x${word.toString(16).padStart(8, "0")}`;
  });
  return array(`/* ${m.rows} neurons of ${m.columns} inputs */\nstatic const uint32_t weights_${i}`, values);
}

function array(declaration: string, values: ArrayLike<string | number>): string {
  const list = Array.from(values);
  const lines = [];
  for (let i = 0; i < list.length; i += 10) lines.push(`  ${list.slice(i, i + 10).join(", ")},\n`);
  return `${declaration}[${values.length}] = {\n${lines.join("")}};\n`;
}

/** 32-bit words of a row. */
function wordsOf(bits: number): number {
  return Math.ceil(bits / 32);
}
