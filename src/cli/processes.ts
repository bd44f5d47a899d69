/** Other processes, known by their numbers. */

/** Whether there is such a process. */
export function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Waits until a process has ended, for this many milliseconds at most, and tells whether it has. */
export async function ended(pid: number, patience: number): Promise<boolean> {
  const start = performance.now();
  while (isAlive(pid)) {
    if (performance.now() - start > patience) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}
