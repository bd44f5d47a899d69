/** What a committed run must end with, on every host. */

/** SHA-256 of the model of preset quick after one epoch on the first 6,000 of MNIST's first 7,000 images that the split leaves
 *  to train on. */
export const COMMITTED_MODEL = "8a18b76f2e16c613b947b7a4c835aaab871302ee1f83beda2db3bd6569f6926e";
