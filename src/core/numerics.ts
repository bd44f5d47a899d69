/** Which numbers training computes. Results are kept under this version (src/runs/runs.ts): it goes up when, and only
 *  when, the same configuration trains other bytes than before. test/train/train.test.ts holds it to a trained model's hash. */
export const NUMERICS = 2;
