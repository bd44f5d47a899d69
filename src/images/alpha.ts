/** Pictures with transparency, as grey ones. */

/** The pixels, 0 … 255, of a picture whose pixel i is of a grey and an alpha of 0 … 1, on white where it is transparent; where
 *  only transparency varies, it is black on white, whatever its colour. */
export function onWhite(count: number, grey: (i: number) => number, alpha: (i: number) => number): Uint8Array {
  const onlyAlpha = isOnlyAlpha(count, grey, alpha);
  const pixels = new Uint8Array(count);
  for (let i = 0; i < count; i++) pixels[i] = Math.round(255 * (1 - alpha(i) * (onlyAlpha ? 1 : 1 - grey(i))));
  return pixels;
}

/** Luma of ITU-R BT.601. */
export function luma(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** Whether a picture is drawn in one grey on a transparent canvas.
 *
 *  A canvas that holds its colours multiplied by alpha, in bytes, gives a colour back with an error of up to 0.5 / alpha
 *  bytes. So pixels count from half of the greatest alpha, and their greys may differ by 8: two errors of 4, at an alpha
 *  of an eighth. */
function isOnlyAlpha(count: number, grey: (i: number) => number, alpha: (i: number) => number): boolean {
  let [most, least] = [0, 1];
  for (let i = 0; i < count; i++) [most, least] = [Math.max(most, alpha(i)), Math.min(least, alpha(i))];
  if (least >= most) return false;
  let [lightest, darkest] = [0, 1];
  for (let i = 0; i < count; i++) {
    if (alpha(i) < most / 2) continue;
    [lightest, darkest] = [Math.max(lightest, grey(i)), Math.min(darkest, grey(i))];
  }
  return lightest - darkest <= 8 / 255;
}
