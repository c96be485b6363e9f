// Pictures for a person to look at, and what a program can tell of them: nothing is cut off, nothing is blank.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { open, openSite, poll, reachTraining, screenshots } from "./helpers.mjs";

const KEY = [
  "#play", "#step", "#reset", "#fork", "#mode", "#strategy", "#lambda", "#normalization", "#encoder", "#dataset", "#backend", "#data-source",
  "#rmse", "#score", "#accuracy", "#cosine", "#epoch", "#step-count", "h1", "label", "legend", "button", "figcaption",
  "canvas[id^=chart-]",
];

let site;
before(async () => {
  site = await openSite();
  await mkdir(screenshots, { recursive: true });
});
after(async () => { await site?.close(); });

/** What sticks out of the window or of itself. */
const misfits = (page) =>
  page.evaluate((selectors) => {
    const width = document.documentElement.clientWidth;
    const found = [];
    if (document.documentElement.scrollWidth > width) found.push(`the page is ${document.documentElement.scrollWidth} px wide in ${width}`);
    for (const element of document.querySelectorAll(selectors.join(","))) {
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      const name = element.id ? `#${element.id}` : `${element.localName} “${element.textContent.trim().slice(0, 30)}”`;
      const { left, right, width: own } = element.getBoundingClientRect();
      // What is moved out of sight for screen readers is no misfit.
      if (own <= 1 || right <= 0) continue;
      if (left < -1 || right > width + 1) found.push(`${name} spans ${left.toFixed()} to ${right.toFixed()} px of ${width}`);
      // An inline box has no client width of its own.
      if (element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1) {
        found.push(`${name} is cut off: ${element.scrollWidth} px in ${element.clientWidth}`);
      }
    }
    return found;
  }, KEY);

/** How many different colours a canvas shows. */
const colours = (page, selector) =>
  page.locator(selector).evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    const name = `${colorScheme}-${viewport.width}x${viewport.height}`;
    test(`everything fits and is drawn, ${name}`, async () => {
      const phone = viewport.width < 600;
      const { page, close } = await open(site, { fragment: "", viewport, colorScheme, hasTouch: phone, isMobile: phone, deviceScaleFactor: phone ? 2 : 1 });
      await reachTraining(page, 40);
      await page.screenshot({ path: join(screenshots, `${name}.png`) });
      assert.deepEqual(await misfits(page), []);
      await page.evaluate(() => document.querySelectorAll("main details").forEach((details) => { details.open = true; }));
      for (const chart of ["rmse", "loss", "cosine", "gradient-norms", "weights", "gradient-share"]) {
        const canvas = `canvas#chart-${chart}`;
        await page.locator(canvas).scrollIntoViewIfNeeded();
        await poll(page, `a picture in ${canvas}`, () => colours(page, canvas), (count) => count > 3);
        await poll(page, `rows in table#table-${chart}`, () => page.locator(`table#table-${chart} tbody tr`).count());
      }
      await page.screenshot({ path: join(screenshots, `${name}-open.png`), fullPage: true });
      assert.deepEqual(await misfits(page), []);
      await close();
    });
  }
}
