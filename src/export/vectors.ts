/** Images to try an exported model on, of any width. */

import { randomWords } from "../core/random.ts";
import { type FrozenModel, inputsOf } from "../model/model.ts";

/** u8 [count, inputs], a function of the width alone: all 0, all 255, then random pixels of which a share, another one in
 *  each image, is 0 and another one 255. */
export function testImages(model: FrozenModel, count: number): Uint8Array {
  const n = inputsOf(model);
  const images = new Uint8Array(count * n);
  images.fill(255, n, 2 * n);
  for (let i = 2; i < count; i++) {
    const next = randomWords(0, "test images", 0, i);
    const [dark, light] = [next() & 255, next() & 255];
    for (let k = 0; k < n; k++) {
      const word = next();
      const [choice, value] = [word & 255, (word >> 8) & 255];
      images[i * n + k] = choice < dark ? 0 : choice < Math.max(dark, light) ? 255 : value;
    }
  }
  return images;
}
