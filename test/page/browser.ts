/** Chromium, and the pages in it that run the site's tasks. */

import { type Browser, chromium, type Page } from "playwright-core";
import type { Settled, Tasks } from "./site/tasks.ts";

/** CHROMIUM names another one than Debian's. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
  });
}

/** A page that has loaded, and all that went wrong in it that no task reported. */
export interface Visit {
  readonly page: Page;
  /** Messages of uncaught errors. */
  readonly errors: readonly string[];
  /** Runs a task on the page's main thread, or in a module worker. */
  run<K extends keyof Tasks>(
    where: "page" | "worker",
    task: K,
    options: Parameters<Tasks[K]>[0],
  ): Promise<Settled<Awaited<ReturnType<Tasks[K]>>>>;
  close(): Promise<void>;
}

/** Opens a page that defines `run` (site/main.ts). */
export async function visit(browser: Browser, url: string): Promise<Visit> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(url);
  await page.waitForFunction(() => "run" in globalThis);
  return {
    page,
    errors,
    run: (...given) => page.evaluate(([where, task, options]) => globalThis.run(where, task, options), given) as never,
    close: () => page.close(),
  };
}
