/** Runs one task and sends how it ended. */

import { settle, type Tasks } from "./tasks.ts";

globalThis.onmessage = async ({ data }: MessageEvent<{ task: keyof Tasks; options: unknown }>) => {
  globalThis.postMessage(await settle(data.task, data.options));
};
