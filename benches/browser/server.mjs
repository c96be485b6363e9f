// A static server on a free local port. Folders are mounted under prefixes, so that the pages, the npm packages and our
// module share one origin without being copied together.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

const MIME = {
  ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".json": "application/json",
  ".mjs": "text/javascript", ".svg": "image/svg+xml", ".wasm": "application/wasm",
};

/** What makes a page cross-origin isolated: shared memory, and with it threads, need these. */
const ISOLATION = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** The file that a path names, by the longest prefix that fits; null when none does. */
const fileFor = (mounts, path) => {
  const prefixes = Object.keys(mounts).sort((a, b) => b.length - a.length);
  const prefix = prefixes.find((candidate) => path.startsWith(candidate));
  if (prefix === undefined) return null;
  const rest = normalize(`/${path.slice(prefix.length)}`);
  return join(mounts[prefix], rest.endsWith(sep) ? join(rest, "index.html") : rest);
};

/** Serves `mounts` (`{ "/prefix/": folder }`); `isolated` adds the headers of cross-origin isolation. */
export const serve = async (mounts, { isolated = false } = {}) => {
  const headers = isolated ? ISOLATION : {};
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    try {
      const file = fileFor(mounts, path);
      const body = await readFile(file);
      const type = MIME[extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { ...headers, "Content-Type": type, "Cache-Control": "no-store" }).end(body);
    } catch {
      // A browser asks for an icon by itself; the request must leave nothing in the console.
      response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
};
