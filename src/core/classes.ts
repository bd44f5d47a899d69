/** Names of classes that only number them. */

/** "0", "1", … for as many classes. */
export function numberedClasses(count: number): string[] {
  return Array.from({ length: count }, (_, label) => String(label));
}

/** Whether names say no more than the numbers: "0", "1", … */
export function areNumbered(classes: readonly string[]): boolean {
  return classes.every((name, label) => name === String(label));
}
