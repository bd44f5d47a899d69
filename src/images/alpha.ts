/** Pictures with transparency, as grey ones. */

/** The pixels, 0 … 255, of a picture in grey (0 … 1) with alphas (0 … 1), on white where it is transparent; where only
 *  transparency varies, it is black on white, whatever its colour. */
export function onWhite(greys: Float64Array, alphas: Float64Array): Uint8Array {
  const onlyAlpha = isOnlyAlpha(greys, alphas);
  return Uint8Array.from(greys, (grey, i) => Math.round(255 * (1 - alphas[i]! * (onlyAlpha ? 1 : 1 - grey))));
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
function isOnlyAlpha(greys: Float64Array, alphas: Float64Array): boolean {
  const most = alphas.reduce((a, b) => Math.max(a, b), 0);
  const visible = greys.filter((_, i) => alphas[i]! >= most / 2);
  const lightest = visible.reduce((a, b) => Math.max(a, b), 0);
  const darkest = visible.reduce((a, b) => Math.min(a, b), 1);
  return alphas.some((alpha) => alpha < most) && lightest - darkest <= 8 / 255;
}
