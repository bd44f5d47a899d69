/** Grey pictures of any size. */

export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  /** [height, width], row-major, 0 black … 255 white */
  readonly pixels: Uint8Array;
}
