/** Content-Security-Policies of pages. */

/** Whether an error of WebAssembly means that the page's policy forbids it. Chromium, Firefox and Safari say so in words of
 *  their own. */
export function isForbidden(error: unknown): boolean {
  return /content security policy|disallowed by embedder|\bCSP\b|unsafe-eval/i.test(String(error));
}
