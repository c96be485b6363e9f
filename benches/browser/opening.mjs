// Section `opening`: how long the built site takes from navigation to its first training step, and what it weighs.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { reason } from "./browser.mjs";
import { summarize } from "./protocol.mjs";
import { serve } from "./server.mjs";

/** Runs in the page before its own scripts: notes when the step count first leaves zero. */
const watchFirstStep = () => {
  const look = () => {
    if (Number(document.querySelector("#step-count")?.dataset.value || 0) >= 1) globalThis.firstStepMillis ??= performance.now();
  };
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
    look();
  });
};

/** Milliseconds from navigation to the first step, in a profile that has never seen the site. */
const openOnce = async (browser, url, patience) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(watchFirstStep);
    await page.goto(`${url}#autoplay=1&backend=cpu`, { waitUntil: "commit" });
    const found = await page.waitForFunction(() => globalThis.firstStepMillis, undefined, { timeout: patience });
    return await found.jsonValue();
  } finally {
    await context.close();
  }
};

const GROUPS = {
  "page and CPU worker": (name) => !/webgpu/.test(name) && !name.startsWith("data"),
  "WebGPU worker": (name) => /webgpu/.test(name),
  "data": (name) => name.startsWith("data"),
};

const weigh = async (path) => {
  const body = await readFile(path);
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length } };
  const [gzipped, brotlied] = await Promise.all([promisify(gzip)(body, { level: 9 }), promisify(brotliCompress)(body, brotli)]);
  return { raw: body.length, gzip: gzipped.length, brotli: brotlied.length };
};

/** Bytes by group: as they are, and as a host would send them. */
const sizes = async (dist) => {
  const files = await readdir(dist, { recursive: true, withFileTypes: true });
  const names = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name).slice(dist.length + 1));
  const groups = [];
  for (const [group, belongs] of Object.entries(GROUPS)) {
    const total = { group, files: 0, raw: 0, gzip: 0, brotli: 0 };
    for (const name of names.filter(belongs)) {
      const weight = await weigh(join(dist, name));
      total.files += 1;
      for (const key of ["raw", "gzip", "brotli"]) total[key] += weight[key];
    }
    groups.push(total);
  }
  return groups;
};

export const runOpening = async ({ browser, config, dist, tell }) => {
  const server = await serve({ "/": dist });
  const millis = [];
  try {
    for (let profile = 0; profile < config.opening.profiles; profile += 1) {
      millis.push(await openOnce(browser, server.url, config.timing.patience_millis));
      tell(`opening: ${Math.round(millis.at(-1))} ms to the first step`);
    }
  } catch (error) {
    return { opening: { refused: reason(error), sizes: await sizes(dist) } };
  } finally {
    server.close();
  }
  tell("opening: compressing the files");
  return { opening: { first_step_millis: summarize(millis), sizes: await sizes(dist) } };
};
