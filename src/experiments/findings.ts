/** What became of a claim. */

import type { Finding } from "./experiment.ts";

/** `holds` decides once the runs it needs are `known`; until then it is open. */
export function finding(claim: string, holds: boolean, known: boolean, evidence: () => string): Finding {
  if (!known) return { claim, verdict: "open", evidence: "The runs are not done." };
  return { claim, verdict: holds ? "confirmed" : "contradicted", evidence: evidence() };
}

/** A difference of accuracies: "1.25 points". */
export const points = (difference: number): string => `${difference.toFixed(2)} points`;
