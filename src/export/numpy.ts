/** The target of `npz` and `json`: NumPy. */

import { compareScores, parseNumbers, type Target } from "./format.ts";

/** Runs a file of the export in NumPy. */
export function numpy(file: string): Target {
  return {
    name: "NumPy",
    needs: ["python3", "py:numpy"],
    install: "apt-get install python3-numpy",
    async run(subject, host) {
      await host.write(file, host.read(file));
      await host.write("images", subject.images);
      return compareScores(parseNumbers(await host.run("python3", ["-I", "-c", PYTHON, file, "images"])), subject);
    },
  };
}

/** Reads model.npz or model.json and prints the scores of each image in a line. Products are of float64: exact. */
const PYTHON = `
import json, sys
import numpy as np
path = sys.argv[1]
if path.endswith(".npz"):
    z = np.load(path)
    layers = [z[f"weights_{i}"] for i in range(sum(name.startswith("weights_") for name in z))]
    thresholds = [z[f"thresholds_{i}"] for i in range(len(layers) - 1)]
    scale, offset, threshold = z["scale"], z["offset"], z["input_threshold"] if "input_threshold" in z else None
else:
    m = json.load(open(path))
    layers = [np.array([[1 if c == "1" else -1 for c in row] for row in l["weights"]]) for l in m["layers"]]
    thresholds = [np.array(l["thresholds"]) for l in m["layers"][:-1]]
    scale, offset = (np.array(m["layers"][-1][key]) for key in ("scale", "offset"))
    threshold = m["input"].get("threshold")
x = np.fromfile(sys.argv[2], np.uint8).reshape(-1, layers[0].shape[1]).astype(float)
pixels = threshold is None
if not pixels:
    x = np.where(x > threshold, 1.0, -1.0)
for i, w in enumerate(layers):
    a = x @ w.T.astype(float)
    p = a if pixels and i == 0 else (a + w.shape[1]) / 2
    if i < len(thresholds):
        x = np.where(p >= thresholds[i], 1.0, -1.0)
np.savetxt(sys.stdout, scale.astype(np.int64) * p.astype(np.int64) + offset, "%d")
`;
