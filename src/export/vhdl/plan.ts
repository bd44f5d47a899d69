/** What the VHDL export of a model is made of, before any of it is text. */

import { OnebitError } from "../../core/errors.ts";
import { type FrozenModel, layerSizes } from "../../model/model.ts";
import { VHDL_WORDS } from "../identifier.ts";
import { denseStack } from "../visit.ts";
import { chooseFolding, type Folding, fold, LANES, type Preset, presets, type Unit } from "./folding.ts";
import { isAffine, type Rom, type ScoreBits, scoreBits, scoreRom, thresholdRom, weightRom } from "./roms.ts";

export interface PlanOptions {
  /** Of the top level, "bnn" unless given; everything generated begins with it. */
  readonly name?: string;
  /** Clocks an image, or a preset; "mid" unless given. */
  readonly cycles?: number | Preset;
  /** A unit a layer, in place of what `cycles` would choose. */
  readonly units?: readonly Unit[];
  /** "bits" when the host binarizes, as it does unless told otherwise; "pixels" for 8-bit pixels at the input. */
  readonly input?: "bits" | "pixels";
}

export interface Plan {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly folding: Folding;
  /** A pixel greater than this is a 1: for the host to find out when bits arrive, for the design when pixels do. */
  readonly threshold: number;
  readonly input: "bits" | "pixels";
  /** Bits of a beat at the input. */
  readonly inputBits: number;
  /** Undefined when each A is 1 and each B 0. */
  readonly scores: ScoreBits | undefined;
  readonly roms: readonly Rom[];
}

/** Throws `argument` for a name that is not a VHDL identifier, and as `planFolding` does. Throws `model`
 *  when the model is inconsistent or has a layer that the cores do not have. */
export function makePlan(model: FrozenModel, options: PlanOptions): Plan {
  const { name = "bnn", input = "bits" } = options;
  checkName(name);
  const { hidden, output } = denseStack(model, "vhdl");
  const folding = planFolding(model, options);
  const { layers } = folding;
  const roms = [
    ...[...hidden, output].map(({ weights }, l) => weightRom(`weights_${l}`, weights, layers[l]!)),
    ...hidden.map(({ thresholds }, l) => thresholdRom(`thresholds_${l}`, thresholds, layers[l]!)),
    ...(isAffine(output) ? [scoreRom("scores", output)] : []),
  ];
  return {
    name,
    sizes: layerSizes(model),
    folding,
    threshold: thresholdOf(model),
    input,
    inputBits: input === "pixels" ? 8 * LANES : LANES,
    scores: isAffine(output) ? scoreBits(output) : undefined,
    roms,
  };
}

/** Throws `argument` for a folding that is not to be had, `model` for a network whose first layer sums 8-bit pixels. */
export function planFolding(model: FrozenModel, { cycles = "mid", units }: PlanOptions): Folding {
  thresholdOf(model);
  const sizes = layerSizes(model);
  if (units) return fold(sizes, units);
  return chooseFolding(sizes, typeof cycles === "number" ? cycles : presets[cycles]);
}

function thresholdOf({ encoder }: FrozenModel): number {
  if (encoder.kind === "threshold") return encoder.threshold;
  throw new OnebitError(
    "model",
    "the first layer of this network sums 8-bit pixels, which the VHDL cores do not",
    "Train with --binarize threshold:127 or probability:5.",
  );
}

/** Every generated unit is NAME or NAME_something: NAME itself must be an identifier, and neither a word of the language
 *  nor the name of a core. (VHDL does not tell upper from lower case; files do, so only lower case is taken.) */
function checkName(name: string): void {
  if (/^[a-z](_?[a-z0-9])*$/.test(name) && name.length <= 64 && !RESERVED.has(name) && !/^onebit(_|$)/.test(name))
    return;
  throw new OnebitError(
    "argument",
    `"${name}" cannot name a VHDL entity`,
    "Give a lower-case letter, then letters, digits and single underscores; no word of VHDL, nothing that begins with onebit.",
  );
}

/** The words of VHDL, libraries, and what a design sees of ieee.std_logic_1164. */
const RESERVED: ReadonlySet<string> = new Set([
  ...VHDL_WORDS,
  ...`work std ieee boolean bit bit_vector character integer natural positive real string time std_logic
  std_logic_vector std_ulogic std_ulogic_vector rising_edge falling_edge`.split(/\s+/),
]);
