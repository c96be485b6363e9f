// Serves the built site, opens it in Chromium and reads it as the page's contract allows. `cargo xtask test` sets the
// environment: LAMBDASCOPE_DIST, LAMBDASCOPE_NODE_TOOLS (holds playwright-core), LAMBDASCOPE_SCREENSHOTS, CHROME.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, normalize, resolve, sep } from "node:path";

const environment = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} should be set: run these tests with \`cargo xtask test e2e\``);
  return resolve(value);
};

const { chromium } = createRequire(join(environment("LAMBDASCOPE_NODE_TOOLS"), "x.js"))("playwright-core");

export const screenshots = environment("LAMBDASCOPE_SCREENSHOTS");

/** How long a person's machine may take for a step on the way. Generous: no test here asserts a speed. */
export const PATIENCE_MILLIS = 120_000;

const MIME = {
  ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".json": "application/json",
  ".svg": "image/svg+xml", ".wasm": "application/wasm",
};

const serve = async (folder) => {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    const file = join(folder, path.endsWith(sep) ? join(path, "index.html") : path);
    try {
      const body = await readFile(file);
      response.writeHead(200, { "Content-Type": MIME[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
};

/** The site and a browser to see it with. `webgpu` asks for WebGPU in software. */
export const openSite = async ({ webgpu = false } = {}) => {
  const server = await serve(environment("LAMBDASCOPE_DIST"));
  const quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const browser = await chromium.launch({
    executablePath: environment("CHROME"),
    args: ["--no-sandbox", "--disable-dev-shm-usage", ...quiet, ...(webgpu ? ["--enable-unsafe-webgpu"] : [])],
  });
  return {
    url: server.url,
    browser,
    close: async () => {
      await browser.close();
      server.close();
    },
  };
};

/**
 * Opens the site in a fresh profile and collects what goes wrong in it: console errors, uncaught exceptions, requests
 * that fail. `close` asserts that nothing did.
 */
export const open = async (site, { fragment = "", ...options } = {}) => {
  const context = await site.browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const troubles = [];
  page.on("console", (message) => message.type() === "error" && troubles.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => troubles.push(`uncaught: ${error.message}`));
  page.on("response", (response) => response.status() >= 400 && troubles.push(`${response.status()}: ${response.url()}`));
  await page.addInitScript(watch);
  await page.goto(site.url + fragment, { waitUntil: "commit" });
  return {
    page,
    troubles,
    close: async () => {
      await context.close();
      assert.deepEqual(troubles, [], "nothing should go wrong in the page");
    },
  };
};

/** Runs in the page before its own scripts: remembers long tasks, the first step's time and every row ever shown. */
const watch = () => {
  const seen = { longTasksMillis: [], firstStepMillis: null, weights: {}, regressions: 0 };
  globalThis.seen = seen;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.longTasksMillis.push(entry.duration);
  }).observe({ type: "longtask", buffered: true });
  const number = (text) => Number(text.replaceAll("\u2212", "-").replaceAll(/[\s,\u00a0\u202f]/g, ""));
  const look = () => {
    const count = Number(document.querySelector("#step-count")?.dataset.value || 0);
    if (count > 0) seen.firstStepMillis ??= performance.now();
    if (count < (seen.count ?? 0)) seen.regressions += 1;
    seen.count = count;
    const table = document.querySelector("table#table-weights");
    const heads = [...(table?.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent);
    const step = heads.findIndex((head) => /step/i.test(head));
    const lambda = heads.findIndex((head) => head.includes("λ_rul"));
    if (step < 0 || lambda < 0) return;
    for (const { cells } of table.tBodies[0]?.rows ?? []) {
      seen.weights[number(cells[step].textContent)] = number(cells[lambda].textContent);
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
};

/** Asks the page until the answer satisfies; fails with the last answer. */
export const poll = async (what, ask, satisfies = Boolean, millis = PATIENCE_MILLIS) => {
  const end = Date.now() + millis;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > end) assert.fail(`${what}: not within ${millis / 1000} s, the last answer was ${JSON.stringify(answer)}`);
    await new Promise((later) => setTimeout(later, 50));
  }
};

export const phase = (page) => page.evaluate(() => document.querySelector("#run")?.dataset.phase);
export const steps = (page) => page.evaluate(() => Number(document.querySelector("#step-count")?.dataset.value || 0));
export const seen = (page) => page.evaluate(() => globalThis.seen);
export const weightsSeen = async (page) => {
  const { weights } = await seen(page);
  return Object.entries(weights).map(([step, lambda]) => ({ step: Number(step), lambda })).sort((a, b) => a.step - b.step);
};

export const reachPhase = (page, ...wanted) =>
  poll(`phase ${wanted.join(" or ")}`, () => phase(page), (found) => {
    if (found === "failed" && !wanted.includes("failed")) assert.fail("the run failed");
    return wanted.includes(found);
  });

export const reachStep = (page, step) => poll(`step ${step}`, () => steps(page), (found) => found >= step);

/** Waits until training runs and has taken a few steps. */
export const reachTraining = async (page, step = 3) => {
  await reachPhase(page, "training");
  await reachStep(page, step);
};

export const pause = async (page) => {
  if ((await phase(page)) === "training") await page.click("#play");
  await reachPhase(page, "paused");
  // The step in flight when the button was pressed still counts; the count stands when two looks agree.
  let last = -1;
  return poll("a count that stands", async () => {
    const count = await steps(page);
    const stands = count === last;
    last = count;
    await page.waitForTimeout(200);
    return stands ? count : null;
  }, (count) => count !== null);
};

/** Opens every disclosure, so that all controls can be reached. */
export const openAll = (page) =>
  page.evaluate(() => document.querySelectorAll("main details").forEach((details) => { details.open = true; }));

/** Values of a select, and the present one. */
export const choices = (page, selector) =>
  page.evaluate((selector) => {
    const select = document.querySelector(selector);
    return { value: select.value, values: [...select.options].filter((option) => !option.disabled).map((option) => option.value) };
  }, selector);
