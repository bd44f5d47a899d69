import { describe, expect, it } from "vitest";
import { configFlags, readFlag } from "../../src/config/flags.ts";
import { fields } from "../../src/config/schema.ts";

const flag = (name: string) => configFlags.find((one) => one.name === name)!;

describe("readFlag", () => {
  it.each([
    ["data", "mnist", "mnist"],
    ["data", "idx:some/folder", "idx:some/folder"],
    ["validation", "0", 0],
    ["binarize", "threshold:0", { kind: "threshold", threshold: 0 }],
    ["binarize", "threshold:255", { kind: "threshold", threshold: 255 }],
    ["binarize", "probability:30", { kind: "probability", repetitions: 30 }],
    ["binarize", "none", { kind: "none" }],
    ["shift", "2", 2],
    ["layers", "784,500,1024,1024,10", [784, 500, 1024, 1024, 10]],
    ["layers", "784,10", [784, 10]],
    ["linear", "normal", "normal"],
    ["activation", "hard-tanh", "hard-tanh"],
    ["head", "batch-norm", "batch-norm"],
    ["loss", "squared-hinge", "squared-hinge"],
    ["optimizer", "sgd", { name: "sgd", momentum: 0 }],
    ["optimizer", "sgd:0.9", { name: "sgd", momentum: 0.9 }],
    ["optimizer", "adadelta", { name: "adadelta", rho: 0.9, epsilon: 1e-6 }],
    ["optimizer", "adam", { name: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }],
    ["lr", "1.5", 1.5],
    ["lr", "1e-3", 0.001],
    ["lr", ".5", 0.5],
    ["schedule", "constant", { kind: "constant" }],
    ["schedule", "step:10:0.7", { kind: "step", stepSize: 10, gamma: 0.7 }],
    ["schedule", "cosine", { kind: "cosine" }],
    ["init", "fan-in", { kind: "uniform", range: "fan-in" }],
    ["init", "uniform:0.1", { kind: "uniform", range: 0.1 }],
    ["init", "runs/first/model.onebit", { kind: "file", path: "runs/first/model.onebit" }],
    ["epochs", "50", 50],
    ["batch", "100", 100],
    ["seed", "0", 0],
    ["target-accuracy", "0.97", 0.97],
    ["target-accuracy", "97", 0.97],
    ["target-accuracy", "97%", 0.97],
    ["target-accuracy", "1", 1],
    ["target-accuracy", "1%", 0.01],
    ["target-accuracy", "100", 1],
  ])("--%s %s", (name, text, value) => {
    expect(readFlag(flag(name), text)).toEqual(value);
  });

  it.each([
    ["data", "cifar"],
    ["data", ""],
    ["validation", "-1"],
    ["validation", "10%"],
    ["binarize", "threshold"],
    ["binarize", "threshold:"],
    ["binarize", "threshold:256"],
    ["binarize", "threshold:-1"],
    ["binarize", "threshold:1.5"],
    ["binarize", "threshold:1:2"],
    ["binarize", "probability:0"],
    ["binarize", "none:1"],
    ["binarize", "otsu"],
    ["shift", "1.5"],
    ["layers", "784"],
    ["layers", "784,,10"],
    ["layers", "784;10"],
    ["layers", "784,0,10"],
    ["layers", "784,65537,10"],
    ["linear", "ternary"],
    ["activation", "gelu"],
    ["head", "softmax"],
    ["loss", "mse"],
    ["optimizer", "lion"],
    ["optimizer", "sgd:"],
    ["optimizer", "sgd:1"],
    ["optimizer", "adam:0.9"],
    ["lr", "0"],
    ["lr", "-1"],
    ["lr", "fast"],
    ["lr", "NaN"],
    ["lr", "Infinity"],
    ["lr", "1e999"],
    ["lr", "0x10"],
    ["lr", " 1"],
    ["schedule", "step"],
    ["schedule", "step:10"],
    ["schedule", "step:0:0.5"],
    ["schedule", "step:10:0.5:1"],
    ["schedule", "cosine:3"],
    ["init", "uniform"],
    ["init", "uniform:0"],
    ["init", "uniform:wide"],
    ["init", ""],
    ["epochs", "0"],
    ["epochs", "2.5"],
    ["batch", ""],
    ["batch", "70000"],
    ["seed", "-1"],
    ["seed", "9007199254740992"],
    ["target-accuracy", "0"],
    ["target-accuracy", "101"],
    ["target-accuracy", "high"],
    ["target-accuracy", "%"],
  ])("refuses --%s %j, showing the forms", (name, text) => {
    expect(() => readFlag(flag(name), text)).toThrow(
      expect.objectContaining({
        code: "argument",
        message: `--${name} does not take "${text}"`,
        hint: `It takes ${flag(name).forms}.`,
      }),
    );
  });
});

it("has one flag for each key of a configuration", () => {
  expect(configFlags.map(({ key }) => key)).toEqual(Object.keys(fields));
});
