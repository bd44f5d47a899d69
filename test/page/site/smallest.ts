/** The smallest page that trains: what it downloads is measured. */

import { adam, batchNorm, binaryDense, compile, cosine, scale, sequential, sign, threshold } from "onebit";
import { smallRun } from "./small-run.ts";

const model = await smallRun({ adam, batchNorm, binaryDense, compile, cosine, scale, sequential, sign, threshold });
document.title = model.hash;
