#!/usr/bin/env node
/** The executable: connects `runCli` with the process. */

import { fileURLToPath } from "node:url";
import type { Io, Output } from "./io.ts";
import { enableRelaxedSimd } from "./relaxed-simd.ts";
import { runCli } from "./run.ts";

function output(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

const io: Io = {
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  env: process.env,
  onInterrupt(listener) {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, listener);
    return () => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(signal, listener);
    };
  },
  command: [process.execPath, ...process.execArgv, fileURLToPath(import.meta.url)],
  exit: (status) => process.exit(status),
};

// A reader such as `head` may close the pipe early; nobody is left to tell.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

enableRelaxedSimd();
process.exitCode = await runCli(process.argv.slice(2), io);
