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

/** A value from outside as a short text: whatever it is, this does not throw. */
export function shown(value: unknown): string {
  if (typeof value !== "object" && typeof value !== "string") return String(value);
  try {
    const text = JSON.stringify(value) ?? typeName(value);
    return text.length > 80 ? `${text.slice(0, 80)}…` : text;
  } catch {
    return typeName(value); // a cycle
  }
}
