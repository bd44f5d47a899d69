/** How well classes were told apart. */

export interface Evaluation {
  /** Share of the samples whose class is right, 0 … 1. */
  readonly accuracy: number;
  readonly count: number;
  /** For each class: of the samples given this class, the share that is of it; null when none was. */
  readonly precision: readonly (number | null)[];
  /** For each class: of the samples of this class, the share that was given it; null when there is none. */
  readonly recall: readonly (number | null)[];
  /** [label][predicted]: numbers of samples. */
  readonly confusion: readonly (readonly number[])[];
  /** Names of the classes. */
  readonly classes: readonly string[];
}

/** labels, predicted: [count], each 0 … classes − 1. */
export function evaluate(labels: Uint8Array, predicted: ArrayLike<number>, classes: readonly string[]): Evaluation {
  const confusion = classes.map(() => new Array<number>(classes.length).fill(0));
  for (const [i, label] of labels.entries()) confusion[label]![predicted[i]!]!++;
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const right = confusion.map((row, label) => row[label]!);
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return {
    accuracy: sum(right) / labels.length,
    count: labels.length,
    precision: right.map((part, label) => share(part, sum(confusion.map((row) => row[label]!)))),
    recall: right.map((part, label) => share(part, sum(confusion[label]!))),
    confusion,
    classes,
  };
}

/** Samples whose classes differ. */
export function differences(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let differing = 0;
  for (let i = 0; i < a.length; i++) differing += Number(a[i] !== b[i]);
  return differing;
}
