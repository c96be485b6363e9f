// The λ-curve: many members over several engines, as one run.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { agree, open, openSite, pause, phase, play, poll, reachPhase, reachStep, seen, takeSteps } from "./helpers.mjs";

let site;
before(async () => { site = await openSite(); });
after(() => site.close());

const table = (page, name) =>
  page.locator(`#table-${name} tbody tr`).evaluateAll((rows) =>
    rows.map((row) => [...row.cells].map((cell) => Number(cell.textContent.replaceAll("\u2212", "-").replaceAll(",", "")))));

/** A small curve: a few points with two members each, in short epochs. */
const SMALL = "#curve=0.2,0.5,0.8x2&encoder=cnn:8:3&stride=24&batch=32&epochs=2&task-gradients=0&validation=0";

test("a λ-curve forms while it trains, and its error is taken apart", async (t) => {
  const { page, close } = await open(site, { fragment: SMALL });
  await reachPhase(page, "training", "finished");
  assert.equal(await page.inputValue("#mode"), "lambda-curve");
  assert.ok(await page.locator("canvas#chart-lambda-curve").isVisible());
  assert.equal(await page.locator("#lambda:visible").count(), 0, "a curve has every λ at once");
  await reachPhase(page, "finished");
  // The table follows the last evaluation a little later.
  const figure = Number(await page.getAttribute("#rmse", "data-value"));
  const rows = await poll(page, "a row for each λ, the best of them the figure shown", () => table(page, "lambda-curve"), (rows) =>
    rows.length === 3 && Math.abs(Math.min(...rows.map(([, mean]) => mean)) - figure) < 0.01);
  for (const [lambda, mean, low, high, members] of rows) {
    assert.ok(low <= mean && mean <= high, `the interval at λ ${lambda} should hold the mean: ${low}, ${mean}, ${high}`);
    assert.equal(members, 2);
  }
  assert.deepEqual(rows.map(([lambda]) => lambda).sort(), [0.2, 0.5, 0.8]);
  const parts = await poll(page, "bias and variance", () => table(page, "bias-variance"), (rows) => rows.length === 3);
  for (const [lambda, bias, variance, sum] of parts) {
    assert.ok(Math.abs(bias + variance - sum) <= 0.011 * Math.max(1, sum), `bias² and variance add up at λ ${lambda}`);
  }
  await page.selectOption("#parts-over", "0.5");
  await poll(page, "the parts over the epochs", () => table(page, "bias-variance"), (rows) => rows.length === 2);
  await page.selectOption("#curve-figure", "accuracy");
  await poll(page, "accuracies", () => table(page, "lambda-curve"), (rows) => rows.length === 3 && rows.every(([, mean]) => mean <= 1));
  t.diagnostic(await page.textContent("#run-size"));
  await close();
});

test("a curve pauses, goes on, starts anew with another grid, and gives way to one member", async (t) => {
  // A hundred thousand steps and more: whatever a machine is busy with, the run does not end before the test does.
  const endless = SMALL.replace("stride=24", "stride=2").replace("epochs=2", "epochs=1000");
  const { page, close } = await open(site, { fragment: `${endless}&autoplay=0` });
  await reachPhase(page, "ready");
  assert.equal(await takeSteps(page, 2), 2);
  await play(page);
  await reachStep(page, 6);
  const count = await pause(page);
  // The workers of a curve may have paused a few steps apart; the first step brings all of them to the furthest.
  await page.click("#step");
  await reachStep(page, count + 1);
  await reachPhase(page, "paused");
  const together = await takeSteps(page, 3);
  await play(page);
  await reachStep(page, together + 4);
  await page.fill("#curve-bootstraps", "99");
  await page.press("#curve-bootstraps", "Tab");
  await poll(page, "the refusal", () => page.textContent("#curve-bootstraps-error"), (text) => /bootstraps.*\[1, 12\], found 99/.test(text));
  assert.equal(await phase(page), "training", "the run goes on");
  await page.fill("#curve-bootstraps", "1");
  await page.press("#curve-bootstraps", "Tab");
  await page.click("#confirm-yes");
  await poll(page, "the new grid in the link", () => page.evaluate(() => decodeURIComponent(location.hash)), (hash) => /curve=0\.2,0\.5,0\.8x1/.test(hash));
  await reachStep(page, 2);
  await page.selectOption("#mode", "focus");
  await agree(page);
  await poll(page, "the slider", () => page.locator("#lambda:visible").count(), (count) => count === 1);
  await reachPhase(page, "training");
  await reachStep(page, 2);
  const { longTasksMillis } = await seen(page);
  t.diagnostic(`long tasks: ${longTasksMillis.length}, longest ${Math.round(Math.max(0, ...longTasksMillis))} ms`);
  await close();
});
