/** Words of messages. */

/** "a loss", "an optimizer" */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) && !/^u(int|ni)/i.test(noun) ? "an" : "a"} ${noun}`;
}

/** What a value is: "undefined", "a number", "an Int16Array". */
export function typeName(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return withArticle(typeof value === "object" ? (value.constructor?.name ?? "object") : typeof value);
}
