/** A server for a page: files of folders and bytes, with the headers that decide what the page may do. */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

export interface Served {
  /** The folder behind "/". */
  readonly root: string;
  /** Contents of other paths: "/model.onebit". */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** Whether the page is cross-origin isolated, so that it has shared memory. */
  readonly isolated?: boolean;
  /** Content-Security-Policy of all that is served. */
  readonly policy?: string;
}

export interface Server {
  /** "http://127.0.0.1:1234" */
  readonly origin: string;
  close(): Promise<void>;
}

/** Two headers that isolate a page from others. */
export const ISOLATING = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
} as const;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
};

export async function serve({ root, files = {}, isolated = false, policy }: Served): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    const path = pathname === "/" ? "/index.html" : pathname;
    const content = files[path] ?? readFile(join(root, path));
    Promise.resolve(content).then(
      (bytes) => {
        response.writeHead(200, {
          "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
          ...(isolated && ISOLATING),
          ...(policy !== undefined && { "Content-Security-Policy": policy }),
        });
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}
