// What goes wrong between a page and its workers: a worker that ends or stands still, data that is not there, answers that
// come late, a page that is reloaded. The run goes on, or says why it cannot.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { open, openAll, openSite, phase, poll, reachPhase, reachStep, reachTraining, steps } from "./helpers.mjs";

let site;
before(async () => { site = await openSite(); });
after(() => site.close());

const status = (page) => page.textContent("#status");
const fragment = (page) => page.evaluate(() => decodeURIComponent(location.hash));
/** Short epochs, so that there is a snapshot soon. */
const SHORT = "#stride=24&batch=64&epochs=200&encoder=cnn:8:3";
const CURVE = "#curve=0.2,0.5,0.8x2&encoder=cnn:8:3&stride=24&batch=32&epochs=3&task-gradients=0&validation=0";

/**
 * Keeps hold of the page's workers, so that a test can end one or make it stand still. Runs before the page's scripts.
 * `terminate` from outside tells the page nothing, as when a browser runs out of memory; a worker that stands still is one
 * whose messages do not come.
 */
const holdWorkers = () => {
  const workers = [];
  globalThis.heldWorkers = workers;
  const Native = globalThis.Worker;
  globalThis.Worker = class extends Native {
    #listener = null;
    constructor(...given) {
      super(...given);
      this.mute = false;
      workers.push(this);
      super.onmessage = (event) => { if (!this.mute) this.#listener?.call(this, event); };
    }
    get onmessage() { return this.#listener; }
    set onmessage(listener) { this.#listener = listener; }
  };
};

const openHeld = async (options) => {
  const opened = await open(site);
  await opened.page.addInitScript(holdWorkers);
  // Another fragment alone would load nothing.
  await opened.page.goto("about:blank");
  await opened.page.goto(`${site.url}${options.fragment}`, { waitUntil: "commit" });
  return opened;
};

/** Opens the site as it is where it carries no data of NASA's. */
const openWithoutData = async (options) => {
  const opened = await open(site);
  await opened.page.context().route("**/data/catalog.json", (route) => route.fulfill({ json: [] }));
  await opened.page.goto("about:blank");
  await opened.page.goto(`${site.url}${options.fragment}`, { waitUntil: "commit" });
  return opened;
};

/** Waits until a run that failed has given way to another one. */
const leaveFailed = (page) => poll(page, "another run", () => phase(page), (found) => found !== "failed");

const workers = (page) => page.evaluate(() => globalThis.heldWorkers.length);

/** Reads what the status line said, also what was said over meanwhile. */
const rememberStatus = (page) => page.evaluate(() => {
  globalThis.statusSaid = [];
  new MutationObserver(() => globalThis.statusSaid.push(document.querySelector("#status").textContent))
    .observe(document.querySelector("#status"), { childList: true, characterData: true, subtree: true });
});
const saidReplaced = (page) => page.evaluate(() => globalThis.statusSaid.filter((words) => /was replaced/.test(words)).length);

test("a worker that breaks down is replaced, and the run goes on from its last epoch", async () => {
  const { page, close } = await openHeld({ fragment: SHORT });
  await reachTraining(page, 30);
  await rememberStatus(page);
  const before = await steps(page);
  await page.evaluate(() => {
    const worker = globalThis.heldWorkers.at(-1);
    worker.terminate();
    worker.onerror(new ErrorEvent("error", { message: "out of memory" }));
  });
  await poll(page, "another worker", () => workers(page), (count) => count === 2);
  await reachStep(page, before + 20);
  assert.equal(await phase(page), "training");
  assert.equal(await saidReplaced(page), 1, "that is said once");
  await close();
});

test("a worker that stands still is replaced within seconds", async () => {
  const { page, close } = await openHeld({ fragment: SHORT });
  await reachTraining(page, 30);
  await rememberStatus(page);
  const before = await steps(page);
  await page.evaluate(() => { globalThis.heldWorkers.at(-1).mute = true; });
  await poll(page, "another worker", () => workers(page), (count) => count === 2);
  await reachStep(page, before + 20);
  assert.equal(await saidReplaced(page), 1);
  await close();
});

test("a worker that fails again and again is told as a failure, and the run can be begun again", async () => {
  const { page, close } = await openHeld({ fragment: SHORT });
  await reachTraining(page, 10);
  for (const count of [2, 3, 3]) {
    await page.evaluate(() => globalThis.heldWorkers.at(-1).onerror(new ErrorEvent("error", { message: "no memory" })));
    await poll(page, "another worker, or none", () => workers(page), (found) => found === count);
    if (count === 2) await reachTraining(page, 5);
  }
  await reachPhase(page, "failed");
  await poll(page, "why", () => page.textContent("#alert-text"), (words) => /no memory/.test(words));
  assert.ok(await page.locator("#reset").isEnabled());
  await page.click("#reset");
  await leaveFailed(page);
  await reachPhase(page, "ready");
  await page.click("#play");
  await reachTraining(page);
  await close();
});

test("each worker of a λ-curve is replaced, and its curve comes to its end without a gap", async () => {
  const { page, close } = await openHeld({ fragment: CURVE });
  await reachStep(page, 20);
  const begun = await workers(page);
  await page.evaluate(() => {
    const worker = globalThis.heldWorkers.at(-1);
    worker.terminate();
    worker.onerror(new ErrorEvent("error", { message: "out of memory" }));
  });
  await poll(page, "another worker", () => workers(page), (count) => count === begun + 1);
  await reachPhase(page, "finished");
  const epochs = Number(await page.getAttribute("#epoch", "data-value"));
  assert.equal(epochs, 3);
  await close();
});

test("a link to data that is not at hand says so, starts nothing else, and offers what there is", async () => {
  const { page, close } = await openWithoutData({ fragment: "#data=FD004-nasa" });
  await poll(page, "why", () => page.textContent("#alert-text"), (words) => /FD004/.test(words));
  await reachPhase(page, "failed");
  assert.equal(await steps(page), 0);
  assert.match(await fragment(page), /data=FD004-nasa/, "the link still says what was asked for");
  const usual = page.locator("#alert-usual");
  assert.ok(await usual.isVisible());
  await usual.click();
  await leaveFailed(page);
  await reachTraining(page);
  assert.match(await page.textContent("#data-source"), /FD001/);
  await close();
});

test("other data that is refused leaves the run, and what the controls show is what trains", async () => {
  const { page, close } = await openWithoutData({ fragment: "#data=FD001" });
  await reachTraining(page);
  await openAll(page);
  await page.selectOption("#dataset", "FD004-nasa");
  await page.click("#confirm-yes");
  await page.locator("#lambda").evaluate((slider) => {
    slider.value = "0.83";
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await poll(page, "the refusal", () => page.textContent("#alert-text"), (words) => /FD004/.test(words));
  await poll(page, "the data in force", () => page.inputValue("#dataset"), (value) => value === "FD001");
  assert.equal(Number(await page.inputValue("#lambda")), 0.83);
  const now = await steps(page);
  await reachStep(page, now + 5);
  await poll(page, "λ in the link", () => fragment(page), (hash) => /data=FD001&/.test(hash) && /lambda=0\.83/.test(hash));
  await close();
});

test("a fork and a rate right after it lose no step", async () => {
  const { page, close } = await open(site, { fragment: SHORT });
  await reachTraining(page, 30);
  await openAll(page);
  const before = await steps(page);
  await page.evaluate(() => {
    document.querySelector("#fork").click();
    const rate = document.querySelector("#learning-rate");
    rate.value = "0.001";
    rate.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await poll(page, "two members", () => page.locator("#members [data-member]").count(), (count) => count === 2);
  await poll(page, "the rate in the link", () => fragment(page), (hash) => /lr=0\.001/.test(hash));
  assert.ok((await steps(page)) >= before);
  await reachStep(page, before + 10);
  assert.equal(await phase(page), "training");
  assert.equal(await page.locator("#members [data-member][data-state=training]").count(), 2);
  await close();
});

test("a λ-curve whose rate is changed before its workers are there trains", async () => {
  const { page, close } = await open(site, { fragment: CURVE });
  await page.waitForSelector("#learning-rate", { state: "attached" });
  await poll(page, "the page's program", () => page.inputValue("#mode"), (mode) => mode === "lambda-curve");
  await page.evaluate(() => {
    const rate = document.querySelector("#learning-rate");
    rate.value = "0.002";
    rate.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await reachPhase(page, "finished");
  assert.match(await fragment(page), /lr=0\.002/);
  await close();
});

test("a reload goes on with the run and its curves, and another link begins another run", async () => {
  const { page, close } = await open(site, { fragment: SHORT });
  await reachTraining(page, 60);
  await poll(page, "the run in the browser's cache", () => page.evaluate(async () => (await (await caches.open("lambdascope-run")).keys()).length), (count) => count > 0);
  const before = await steps(page);
  await page.reload();
  const first = await poll(page, "the run", () => steps(page), (count) => count > 0);
  assert.ok(first > 5, `goes on from an epoch's end: ${before} before, ${first} after`);
  await reachStep(page, before + 5);
  const rows = await poll(page, "its curves", () => page.locator("#table-rmse tbody tr").count(), (count) => count > 1);
  assert.ok(rows > 1);
  // As a link in the same tab: another fragment alone would load nothing.
  await page.goto("about:blank");
  await page.goto(`${site.url}#seed=7`, { waitUntil: "commit" });
  await reachTraining(page);
  assert.match(await fragment(page), /seed=7/);
  await close();
});

test("a run that diverges can be reset, gone back, changed and played on", async () => {
  const { page, close } = await open(site, { fragment: `${SHORT}&norm=manual:1e-38:1` });
  await poll(page, "its end, or its going on", () => phase(page), (found) => found === "finished" || found === "failed" || found === "training");
  await reachPhase(page, "finished", "failed");
  assert.ok(await page.locator("#reset").isEnabled());
  await openAll(page);
  await page.selectOption("#normalization", "amnl");
  await page.click("#reset");
  await leaveFailed(page);
  await reachPhase(page, "ready");
  await page.click("#play");
  await reachTraining(page);
  await close();
});

test("a pack that is damaged is named, and the emulated engines train in its place", async () => {
  const catalog = JSON.stringify([{ subset: "FD001", origin: "nasa", file: "FD001.pack" }]);
  const others = { "/data/catalog.json": catalog, "/data/FD001.pack": "neither a pack nor anything else" };
  const damaged = await openSite({ others });
  const { page, close } = await open(damaged, { fragment: "#data=FD001" });
  await poll(page, "what is damaged", () => page.textContent("#alert-text"), (words) => /FD001 cannot be used/.test(words));
  await reachTraining(page);
  assert.match(await page.textContent("#data-source"), /emulated/i);
  await close();
  await damaged.close();
});
