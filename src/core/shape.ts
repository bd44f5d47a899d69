/** Shapes of samples: [height, width, channels] of a picture, [features] of anything else. */

export type Shape = readonly number[];

/** Numbers of a sample of this shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** "28 × 28 × 1", "30" */
export function shapeText(shape: Shape): string {
  return shape.join(" × ");
}
