// The picture that is seen first: the plane of both gradients, λ beside it, and what is drawn when it is asked for.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { open, openSite, pause, poll, reachStep, reachTraining, screenshots, steps } from "./helpers.mjs";

let site;
before(async () => {
  site = await openSite();
  await mkdir(screenshots, { recursive: true });
});
after(async () => { await site?.close(); });

/** Rows of a chart's table, each as its cells' words. */
const rows = (page, name) =>
  page.evaluate(
    (name) => [...document.querySelectorAll(`table#table-${name} tbody tr`)].map((row) => [...row.cells].map((cell) => cell.textContent)),
    name,
  );

const openTables = (page, name) =>
  page.evaluate((name) => document.querySelectorAll(`[data-chart=${name}] details`).forEach((details) => { details.open = true; }), name);

/** What of these elements is not wholly within the window. */
const outside = (page, selectors) =>
  page.evaluate((selectors) => selectors.filter((selector) => {
    const { left, top, right, bottom, width } = document.querySelector(selector).getBoundingClientRect();
    return !(width > 0 && left >= 0 && top >= 0 && right <= innerWidth + 1 && bottom <= innerHeight + 1);
  }), selectors);

/** What of these elements another one covers at its middle. */
const covered = (page, selectors) =>
  page.evaluate((selectors) => selectors.filter((selector) => {
    const element = document.querySelector(selector);
    const { left, top, width, height } = element.getBoundingClientRect();
    const found = document.elementFromPoint(left + width / 2, top + height / 2);
    return !(found && (element.contains(found) || found.contains(element)));
  }), selectors);

/** How many different colours a canvas shows. */
const colours = (page, selector) =>
  page.locator(selector).evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });

const FIRST = ["#play", "#lambda", "#rmse", "canvas#chart-gradient-plane"];

for (const [name, options] of [
  ["projector", { viewport: { width: 640, height: 360 }, deviceScaleFactor: 2 }],
  ["phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }],
  ["laptop", { viewport: { width: 1280, height: 720 } }],
]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`play, λ, the error and the picture are seen together, ${name}, ${colorScheme}`, async () => {
      const { page, close } = await open(site, { ...options, colorScheme });
      await reachTraining(page, 40);
      await poll(page, "arrows", () => colours(page, "canvas#chart-gradient-plane"), (count) => count > 20);
      await page.screenshot({ path: join(screenshots, `first-${name}-${colorScheme}.png`) });
      assert.deepEqual(await outside(page, FIRST), []);
      assert.deepEqual(await covered(page, FIRST), []);
      const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(width <= 0, `the page is ${width} px too wide`);
      await close();
    });
  }
}

test("a drag moves the update before the next step, and every strategy is shown when asked for", async () => {
  const { page, close } = await open(site);
  await openTables(page, "gradient-plane");
  await reachTraining(page, 60);
  const stands = await pause(page);
  await page.selectOption("#plane-steps", "1");
  const update = async () => (await rows(page, "gradient-plane")).find(([name]) => name === "update");
  await page.locator("#lambda").fill("1");
  await poll(page, "an update that follows RUL alone", update, (row) => row?.[1] === "1" && row?.[4] === "0");
  assert.equal(await steps(page), stands, "no step was taken");
  const words = await page.locator("#words-gradient-plane").textContent();
  assert.match(words, /degrees apart/);
  await page.check("#plane-strategies");
  await poll(page, "other strategies", () => rows(page, "gradient-plane"), (all) =>
    ["PCGrad", "MGDA", "CAGrad", "IMTL-G", "Nash-MTL", "UPGrad", "ConFIG", "Equal gradients"].every((name) => all.some(([found]) => found === name)));
  await page.selectOption("#plane-scale", "linear");
  await page.locator("[data-chart=gradient-plane]").screenshot({ path: join(screenshots, "plane-strategies-linear.png") });
  await page.selectOption("#plane-scale", "root");
  await page.locator("[data-chart=gradient-plane]").screenshot({ path: join(screenshots, "plane-strategies.png") });
  await close();
});

test("a look around shows both losses, and training goes on", async () => {
  const { page, close } = await open(site);
  await reachTraining(page, 60);
  await openTables(page, "landscape");
  await page.click("#landscape-look");
  await poll(page, "225 places", () => rows(page, "landscape"), (all) => all.length === 225 && all.every((row) => row.every((cell) => Number.isFinite(Number(cell)))));
  await page.locator("[data-chart=landscape]").screenshot({ path: join(screenshots, "landscape.png") });
  await reachStep(page, (await steps(page)) + 3);
  await close();
});

test("the λ-curve has its map", async () => {
  const fragment = "#curve=0.2,0.5,0.8x2&encoder=cnn:8:3&stride=24&batch=32&epochs=2&task-gradients=0&validation=0";
  const { page, close } = await open(site, { fragment });
  await openTables(page, "lambda-map");
  await poll(page, "fields of several evaluations", () => rows(page, "lambda-map"), (all) => new Set(all.map(([epoch]) => epoch)).size > 2);
  await poll(page, "a picture", () => colours(page, "canvas#chart-lambda-map"), (count) => count > 20);
  await page.screenshot({ path: join(screenshots, "lambda-map.png"), fullPage: true });
  await close();
});
