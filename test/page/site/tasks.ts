/** What the tests have a page do. Results and options can be cloned, so that tasks run in workers, too. */

import * as onebit from "onebit";
import { fromCanvas, open, OnebitError as SmallError } from "onebit/infer";
import { type Fault, faults } from "./faults.ts";
import { smallRun } from "./small-run.ts";

const { compileRun, expand, exporters, fitRun, formats, OnebitError, parseIdx, presets } = onebit;

/** How a task ended, and what the page's policy forbade meanwhile. */
export interface Settled<T> {
  readonly value?: T;
  readonly error?: Fault;
  readonly isolated: boolean;
  /** "wasm-eval", "worker-src" … or what was blocked. */
  readonly violations: readonly string[];
}

export type Tasks = typeof tasks;

const tasks = { train, small, exportC, classify, draw, faults, known };

/** Trains on MNIST's first images as the committed run of test/train/train.test.ts does; returns the model's hash. */
async function train({ threads, epochs = 1 }: { threads: number | "auto"; epochs?: number }) {
  const config = expand({ ...presets.quick, epochs, validation: 1000 });
  const trainer = await compileRun(config, await firstOfMnist(), { threads });
  try {
    await fitRun(trainer, config);
    return { threads: trainer.threads, hash: trainer.freeze().hash };
  } finally {
    await trainer.close();
  }
}

/** A run of a moment. */
async function small({ threads }: { threads: number }) {
  return { threads, hash: (await smallRun(onebit, threads)).hash };
}

async function firstOfMnist(): Promise<onebit.DataSet> {
  const [images, labels] = await Promise.all(["images", "labels"].map((name) => download(`/mnist/${name}`)));
  const { dimensions, values } = parseIdx(images!, "images");
  const train: onebit.Samples = {
    name: "mnist train",
    count: dimensions[0]!,
    inputs: values,
    labels: parseIdx(labels!, "labels").values,
  };
  return { name: "mnist", shape: [28, 28, 1], classes: Array.from({ length: 10 }, (_, j) => String(j)), train };
}

async function download(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(path)).arrayBuffer());
}

/** The C files of a model, each as one array of bytes. */
async function exportC({ url }: { url: string }): Promise<Record<string, Uint8Array>> {
  const files = exporters.c(await open(url));
  const joined = await Promise.all(
    files.map(
      async ({ name, chunks }) => [name, await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer()] as const,
    ),
  );
  return Object.fromEntries(joined.map(([name, buffer]) => [name, new Uint8Array(buffer)]));
}

/** The classes of random images, and what the model runs on. */
async function classify({ url, images }: { url: string; images: readonly number[] }) {
  const model = await open(url);
  const { engine, engineNote } = model;
  return { engine, engineNote, classes: model.predict(Uint8Array.from(images)) };
}

/** A seven on a canvas, and what it is fitted to. */
async function draw({ width, height }: { width: number; height: number }) {
  const canvas =
    typeof document === "undefined"
      ? new OffscreenCanvas(width, height)
      : Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D;
  context.lineWidth = width / 12;
  context.moveTo(width / 8, height / 8);
  context.lineTo(width / 2, height / 8);
  context.lineTo(width / 4, height / 2);
  context.stroke();
  const { data } = context.getImageData(0, 0, width, height);
  return { data: [...data], digit: [...fromCanvas(canvas)] };
}

/** What holds of the package as it is bundled. */
async function known(_: unknown) {
  return { formats: Object.keys(formats), oneError: (OnebitError as unknown) === SmallError };
}

const violations: string[] = [];
globalThis.addEventListener?.("securitypolicyviolation", (event) => {
  const { blockedURI, effectiveDirective } = event as SecurityPolicyViolationEvent;
  violations.push(`${effectiveDirective} ${blockedURI}`);
});

export async function settle(task: keyof Tasks, options: unknown): Promise<Settled<unknown>> {
  const run = tasks[task] as (options: unknown) => Promise<unknown>;
  const outcome = await run(options).then(
    (value) => ({ value }),
    ({ name, code, message, hint }) => ({ error: { name, code, message, hint } }),
  );
  await new Promise((resolve) => setTimeout(resolve, 50)); // for events that are on their way
  return { ...outcome, isolated: globalThis.crossOriginIsolated, violations: [...violations] };
}
