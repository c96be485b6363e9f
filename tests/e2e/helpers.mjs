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

/** Serves a folder, and other contents in the place of some of its files. */
const serve = async (folder, others = {}) => {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    const file = join(folder, path.endsWith(sep) ? join(path, "index.html") : path);
    try {
      const body = others[path] ?? (await readFile(file));
      response.writeHead(200, { "Content-Type": MIME[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
};

/** A file of the built site, as text. */
export const siteFile = (path) => readFile(join(environment("LAMBDASCOPE_DIST"), path), "utf8");

/**
 * The site and a browser to see it with. `webgpu` asks for WebGPU in software; a site that is not `bundled` has no data;
 * `others` stand in the place of files of the site, by their paths.
 */
export const openSite = async ({ webgpu = false, bundled = true, others = {} } = {}) => {
  const server = await serve(environment("LAMBDASCOPE_DIST"), { ...(bundled ? {} : { "/data/catalog.json": "[]" }), ...others });
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

/** More epochs than a test can wait for: the run does not end while it is looked at. */
export const ENDLESS = "epochs=1000";

/**
 * Opens the site in a fresh profile and collects what goes wrong in it: console errors, uncaught exceptions, requests
 * that fail. `close` asserts that nothing did. What a failed test has left open is closed first: it would train on.
 */
export const open = async (site, { fragment = `#${ENDLESS}`, ...options } = {}) => {
  await Promise.all(site.browser.contexts().map((context) => context.close()));
  const context = await site.browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  // What the browser's driver waits for itself has the same patience: two busy cores take half a minute for a picture.
  context.setDefaultTimeout(PATIENCE_MILLIS);
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

/**
 * Runs in the page before its own scripts: remembers long tasks, the first step's time, the weights of every step ever
 * shown, and where steps that stand one below the other in the table do not follow each other. Between two looks more
 * steps may be taken than the table has rows, so a gap from one look to the next means nothing.
 */
const watch = () => {
  const seen = { longTasksMillis: [], firstStepMillis: null, weights: {}, gaps: [], regressions: 0 };
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
    let newer = null;
    for (const { cells } of table.tBodies[0]?.rows ?? []) {
      const [taken, weight] = [number(cells[step].textContent), number(cells[lambda].textContent)];
      if (newer !== null && taken !== newer - 1) seen.gaps.push([taken, newer]);
      seen.weights[taken] = weight;
      newer = taken;
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
};

/** The page's next frame. What a person sees changes from frame to frame, so it is what a test waits for. */
const frame = (page) => page.evaluate(() => new Promise(requestAnimationFrame));

/** Where the run stands and what the page says, for whoever reads that a test has failed. */
const standing = (page) =>
  page.evaluate(() => {
    const text = (selector) => document.querySelector(selector)?.textContent;
    const alert = document.querySelector("#alert:not([hidden])")?.textContent.trim();
    return { phase: document.querySelector("#run")?.dataset.phase, steps: text("#step-count"), status: text("#status"), alert };
  });

/** Asks once a frame until the answer satisfies; fails with the last answer. */
export const poll = async (page, what, ask, satisfies = Boolean, millis = PATIENCE_MILLIS) => {
  const end = Date.now() + millis;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > end) {
      const [last, stands] = [answer, await standing(page)].map((value) => JSON.stringify(value));
      assert.fail(`${what}: not within ${millis / 1000} s, the last answer was ${last}, the page stands at ${stands}`);
    }
    await frame(page);
  }
};

export const phase = (page) => page.evaluate(() => document.querySelector("#run")?.dataset.phase);
export const steps = (page) => page.evaluate(() => Number(document.querySelector("#step-count")?.dataset.value || 0));
export const seen = (page) => page.evaluate(() => globalThis.seen);
export const weightsSeen = async (page) => {
  const { weights } = await seen(page);
  return Object.entries(weights).map(([step, lambda]) => ({ step: Number(step), lambda })).sort((a, b) => a.step - b.step);
};

/** Steps that stand one below the other in the table of weights follow each other, each time it is shown. */
export const assertNoGaps = async (page) => {
  const { weights, gaps } = await seen(page);
  assert.ok(Object.keys(weights).length > 1, "the table of weights should have rows");
  assert.deepEqual(gaps, [], "step numbers in the table should have no gaps");
};

export const reachPhase = (page, ...wanted) =>
  poll(page, `phase ${wanted.join(" or ")}`, () => phase(page), (found) => {
    if (found === "failed" && !wanted.includes("failed")) assert.fail("the run failed");
    return wanted.includes(found);
  });

export const reachStep = (page, step) => poll(page, `step ${step}`, () => steps(page), (found) => found >= step);

/** Waits until training runs and has taken a few steps. */
export const reachTraining = async (page, step = 3) => {
  await reachPhase(page, "training");
  await reachStep(page, step);
};

/** Presses the button that plays and pauses if it does what is wanted: a look and a press that nothing comes between. */
const press = (page, does) =>
  page.evaluate((does) => {
    const button = document.querySelector("#play");
    if (button.dataset.does === does && document.querySelector("#run").dataset.phase !== "finished") button.click();
  }, does);

/** Lets the run train, whether or not it does already. */
export const play = async (page) => {
  await reachPhase(page, "ready", "paused", "training");
  await press(page, "play");
  await reachPhase(page, "training");
};

/** Pauses the run, and returns its count of steps. All steps are told before the pause is: the count stands. */
export const pause = async (page) => {
  await press(page, "pause");
  await reachPhase(page, "paused");
  return steps(page);
};

/** Takes single steps in a run that stands, and holds it to them: each is exactly one further. */
export const takeSteps = async (page, count) => {
  const from = await steps(page);
  for (let step = from + 1; step <= from + count; step += 1) {
    await page.click("#step");
    await reachStep(page, step);
    await reachPhase(page, "paused");
    assert.equal(await steps(page), step, "one press should be one step of a run that stands");
  }
  return from + count;
};

/** Agrees to a restart where the page asks for it: it asks in the very turn of the change, or not at all. */
export const agree = async (page) => {
  if (await page.locator("#confirm-yes").isVisible()) await page.click("#confirm-yes");
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
