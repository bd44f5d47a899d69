/** The smallest page that classifies: what it downloads is measured. */

import { open } from "onebit/infer";

const model = await open("/model.onebit");
document.title = model.predict(new Uint8Array(model.inputs))[0]!;
