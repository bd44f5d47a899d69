/** What became of a claim. */

import type { Finding } from "./experiment.ts";

/** `holds` decides once what it needs is `known`: all runs, long enough, none diverged. Until then it is open. */
export function finding(claim: string, holds: boolean, known: boolean, evidence: () => string): Finding {
  if (!known) return { claim, verdict: "open", evidence: "These runs do not decide it." };
  return { claim, verdict: holds ? "confirmed" : "contradicted", evidence: evidence() };
}

/** A difference of accuracies: "1.25 points". */
export const points = (difference: number): string => `${difference.toFixed(2)} points`;
