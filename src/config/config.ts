/** A run's configuration: plain data that, with a data set, determines a trained model to the last bit.
 *  (The number of threads is no part of it: it changes no bit.) Every key is required here; presets and the schema's
 *  defaults fill in what a user leaves out. */

/** Report, chapter 5. */
export type BinarizeConfig =
  | { readonly kind: "threshold"; readonly threshold: number } // bit = 1 iff pixel > threshold, 0 … 255
  | { readonly kind: "probability"; readonly repetitions: number } // each epoch is run on so many binarizations
  | { readonly kind: "none" }; // 8-bit pixels into the first layer

export type OptimizerConfig =
  | { readonly name: "sgd"; readonly momentum: number }
  | { readonly name: "adadelta"; readonly rho: number; readonly epsilon: number }
  | { readonly name: "adam"; readonly beta1: number; readonly beta2: number; readonly epsilon: number };

export type ScheduleConfig =
  | { readonly kind: "constant" }
  | { readonly kind: "step"; readonly stepSize: number; readonly gamma: number } // × gamma every stepSize epochs
  | { readonly kind: "cosine" }; // from the learning rate to 0 over the run's epochs

/** Latent weights: uniform in ±range (range "fan-in": ±1/sqrt(inputs), PyTorch's default), or taken from a checkpoint
 *  or a frozen model. */
export type InitConfig =
  | { readonly kind: "uniform"; readonly range: number | "fan-in" }
  | { readonly kind: "file"; readonly path: string };

export interface RunConfig {
  /** "mnist", "fashion-mnist", either with a number of images ("mnist:3000"), or "idx:DIR" */
  readonly data: string;
  /** Images of the training set that are held out for validation. */
  readonly validation: number;
  readonly binarize: BinarizeConfig;
  /** Each training image is moved by up to so many pixels in each direction, anew each epoch. */
  readonly shift: number;
  /** Widths from the input to the classes. */
  readonly layers: readonly number[];
  /** "binary": ±1 weights and sign; "normal": float32 weights (report, table 3.4). */
  readonly linear: "binary" | "normal";
  /** After each hidden layer: batch norm; one common scale, 1/√inputs, for binary layers; or nothing. */
  readonly hidden: "batch-norm" | "scale" | "none";
  /** Between the layers; a binary network takes "sign". */
  readonly activation: "sign" | "relu" | "sigmoid" | "tanh" | "hard-tanh" | "softmax" | "identity";
  /** Output layer: one common scale, or batch norm. */
  readonly head: "scale" | "batch-norm";
  readonly loss: "nll" | "squared-hinge";
  /** How binary layers on bits compute gradients: as integers of so many bits, rounded at random, or in float32. */
  readonly gradients: "int4" | "int5" | "int6" | "int8" | "float32";
  readonly optimizer: OptimizerConfig;
  readonly learningRate: number;
  readonly schedule: ScheduleConfig;
  /** Keeps latent weights in ±1. */
  readonly clip: boolean;
  readonly init: InitConfig;
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  /** Stop when the validation accuracy reaches it (0 … 1; report, section 2.4.2), or null. */
  readonly targetAccuracy: number | null;
}
