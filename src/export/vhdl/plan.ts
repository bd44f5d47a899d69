/** What the VHDL export of a model is made of, before any of it is text. */

import { OnebitError } from "../../core/errors.ts";
import { type FrozenModel, layerSizes } from "../../model/model.ts";
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

/** Throws `argument` for a name that is no VHDL identifier, and as `planFolding` does. Expects a model that `checkModel`
 *  accepts. */
export function makePlan(model: FrozenModel, options: PlanOptions): Plan {
  const { name = "bnn", input = "bits" } = options;
  checkName(name);
  const folding = planFolding(model, options);
  const { layers } = folding;
  const roms = [
    ...[...model.hidden, model.output].map(({ weights }, l) => weightRom(`weights_${l}`, weights, layers[l]!)),
    ...model.hidden.map(({ thresholds }, l) => thresholdRom(`thresholds_${l}`, thresholds, layers[l]!)),
    ...(isAffine(model.output) ? [scoreRom("scores", model.output)] : []),
  ];
  return {
    name,
    sizes: layerSizes(model),
    folding,
    threshold: thresholdOf(model),
    input,
    inputBits: input === "pixels" ? 8 * LANES : LANES,
    scores: isAffine(model.output) ? scoreBits(model.output) : undefined,
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

function thresholdOf({ input }: FrozenModel): number {
  if (input.kind === "threshold") return input.threshold;
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

/** The reserved words of VHDL-2008 (IEEE 1076-2008, 15.10), without the operators of PSL; libraries, and what a
 *  design sees of ieee.std_logic_1164. */
const RESERVED = new Set(
  `abs access after alias all and architecture array assert assume assume_guarantee attribute begin block body buffer bus
  case component configuration constant context cover default disconnect downto else elsif end entity exit fairness file
  for force function generate generic group guarded if impure in inertial inout is label library linkage literal loop map
  mod nand new next nor not null of on open or others out package parameter port postponed procedure process property
  protected pure range record register reject release rem report restrict restrict_guarantee return rol ror select sequence
  severity shared signal sla sll sra srl strong subtype then to transport type unaffected units until use variable vmode
  vprop vunit wait when while with xnor xor work std ieee boolean bit bit_vector character integer natural positive real string time
  std_logic std_logic_vector std_ulogic std_ulogic_vector rising_edge falling_edge`.split(/\s+/),
);
