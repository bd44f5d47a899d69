/** What a command sees of the world outside, so that tests can hand in another one. */

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width in characters. */
  readonly columns: number;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls `listener` at each Ctrl-C or request to terminate, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  /** How this program is started anew: the executable and its first arguments. */
  readonly command: readonly [executable: string, ...first: string[]];
  /** Ends the process at once. */
  exit(status: number): void;
}

/** Writes one JSON value as a line. */
export function writeJson(output: Output, value: unknown): void {
  output.write(`${JSON.stringify(value)}\n`);
}
