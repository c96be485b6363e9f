// A look at the data: the fleet, one engine by the keyboard, the window, six regimes, and both origins beside each other.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { ENDLESS, agree, open, openSite, poll, reachPhase, reachStep, reachTraining, screenshots, seen, steps } from "./helpers.mjs";

let site;
before(async () => {
  site = await openSite();
  await mkdir(screenshots, { recursive: true });
});
after(async () => { await site?.close(); });

const text = (page, selector) => page.locator(selector).innerText();

/** Opens the section and waits for what the engine tells. */
const explore = async (page, subset) => {
  await page.locator("#explorer > summary").click();
  await known(page, subset);
};

const known = (page, subset) =>
  poll(page, `${subset} in the explorer`, () => page.locator("#explorer").getAttribute("data-known"), (found) => found === subset);

const rows = (page, chart) =>
  page.locator(`table#table-${chart} tbody tr`).evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));

const filled = (page, chart, enough = 1) => poll(page, `rows in table#table-${chart}`, () => rows(page, chart), (found) => found.length >= enough);

const number = (words) => Number(words.replaceAll(/,| \(.*\)/g, ""));

test("a fleet, an engine by the keyboard and the window that moves", async () => {
  const { page, close } = await open(site, { fragment: `#data=FD001-emulated&${ENDLESS}` });
  await reachTraining(page);
  assert.equal(await page.locator("#explorer").getAttribute("data-known"), null, "nothing is asked before it is opened");
  await explore(page, "FD001");
  assert.match(await text(page, "#explore-source"), /emulated engines of FD001/);

  // The parts together are what the run trains and tests on.
  const parts = await filled(page, "fleet", 3);
  assert.deepEqual(parts.slice(0, 3).map((row) => row[0]), ["training", "validation", "test"]);
  assert.equal(number(parts[0][1]) + number(parts[1][1]), 100);
  for (const row of parts) assert.equal(row.slice(3, 6).reduce((sum, cell) => sum + number(cell), 0), number(row[2]), row.join(" "));
  assert.ok(Number(parts[0][6]) > 0.5 && Number(parts[0][6]) < Math.log(3));
  const lifetimes = await filled(page, "lifetimes", 3);
  assert.equal(lifetimes.reduce((sum, row) => sum + Number(row[2]), 0), 100);
  assert.equal((await filled(page, "rul-labels", 13)).reduce((sum, row) => sum + Number(row[2]), 0), number(parts[0][2]));
  assert.match(await text(page, "#explore-regimes"), /All cycles are flown in one regime: sea level/);
  assert.equal(await page.locator("#chart-regimes").isVisible(), false);

  // One engine, chosen by the keyboard.
  const first = await poll(page, "an engine", () => text(page, "#explore-label"));
  assert.match(first, /0 cycles are left\. .* RUL 0, critical/);
  await page.focus("#explore-engine");
  await page.keyboard.press("ArrowDown");
  const second = await poll(page, "another engine", () => text(page, "#explore-label"), (words) => words !== first);
  await page.focus("#explore-next");
  await page.keyboard.press("Enter");
  await poll(page, "a third engine", () => text(page, "#explore-label"), (words) => words !== second);
  const cycles = Number(await page.getAttribute("#explore-cycle", "max"));
  const table = await poll(page, "the third engine's table", () => rows(page, "sensor"), (found) => found.length === cycles);
  assert.deepEqual(table.at(-1).slice(0, 3), [String(cycles), "0", "2"]);

  // The window moves without a question to the engine.
  const value = () => page.inputValue("#explore-cycle");
  await page.focus("#explore-cycle");
  for (let press = 0; press < 40; press += 1) await page.keyboard.press("ArrowLeft");
  assert.equal(Number(await value()), cycles - 40);
  const words = await text(page, "#explore-label");
  assert.ok(words.includes(`cycles ${cycles - 69} to ${cycles - 40} `) && words.includes("RUL 40, degrading"), words);
  await page.keyboard.press("Home");
  assert.match(await text(page, "#explore-label"), /cycles 1 to 30 .* RUL 125 \(the cap\), healthy/);

  // Another sensor, by the keyboard too, and its values as recorded.
  await page.focus("#explore-sensors input:checked");
  await page.keyboard.press("ArrowRight");
  await poll(page, "sensor 12", () => text(page, "#words-sensor"), (found) => found.startsWith("Sensor 12 · ratio of fuel flow to Ps30 (pps/psi), scaled as the model sees it"));
  await page.selectOption("#explore-view", "raw");
  await poll(page, "raw values", () => rows(page, "sensor"), (found) => Number(found[0]?.[11]) > 500);
  await filled(page, "before-failure", 30);

  // Training went on meanwhile.
  await reachStep(page, (await steps(page)) + 3);
  assert.equal((await seen(page)).regressions, 0);
  await close();
});

test("six regimes are seen, and what scaling does to them", async () => {
  const { page, close } = await open(site, { fragment: `#data=FD001-emulated&${ENDLESS}` });
  await reachPhase(page, "training");
  await explore(page, "FD001");
  await page.locator("#setup > summary").click();
  await page.selectOption("#dataset", "FD002-emulated");
  await agree(page);
  await known(page, "FD002");
  const regimes = await filled(page, "regimes", 6);
  assert.deepEqual(regimes.map((row) => row.slice(1, 4).join(" ")), ["0 0 100", "10 0.25 100", "20 0.7 100", "25 0.62 60", "35 0.84 100", "42 0.84 100"]);
  assert.ok(await page.locator("#chart-regimes").isVisible());
  const points = await page.locator("#explore-set-points li").allInnerTexts();
  assert.equal(points.length, 6);
  assert.match(points[5], /^42,000 ft, Mach 0\.84, throttle 100 %: /);
  assert.match(await text(page, "#explore-ablation"), /Of the variance of sensor 11 as recorded, 9\d\.\d+ % is the regime/);
  assert.match(await text(page, "#explore-assumptions"), /The emulation assumes: /);
  assert.match(await poll(page, "a regime", () => text(page, "#explore-label"), (words) => words.includes("regime")), /is flown in regime [1-6]: /);

  // Spread of the regimes' means of sensor 11 (column 10), in standard deviations.
  const apart = async () => {
    const sums = {};
    for (const row of await rows(page, "sensor")) {
      const [sum, count] = sums[row[3]] ?? [0, 0];
      sums[row[3]] = [sum + Number(row[10]), count + 1];
    }
    const means = Object.values(sums).map(([sum, count]) => sum / count);
    return Math.max(...means) - Math.min(...means);
  };
  await poll(page, "regimes apart, scaled within each", apart, (found) => found > 0 && found < 1.5);
  await page.selectOption("#explore-view", "global");
  await poll(page, "regimes apart, scaled over all", apart, (found) => found > 2);
  await close();
});

test("both origins are laid over each other where both are at hand", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  await explore(page, "FD001");
  const kind = await page.getAttribute("#data-source", "data-kind");
  if (kind === "nasa") {
    await page.check("#explore-overlay");
    const parts = await filled(page, "fleet", 6);
    assert.ok(parts[0][0].startsWith("NASA C-MAPSS FD001") && parts[3][0].startsWith("emulated FD001"), parts.join("\n"));
    const heads = await poll(page, "both fleets", () => page.locator("table#table-before-failure th").allTextContents(), (found) => found.length === 8);
    assert.ok(heads.some((head) => head.startsWith("emulated FD001")), heads.join());
    await page.uncheck("#explore-overlay");
    await poll(page, "one fleet", () => rows(page, "fleet"), (found) => found.length === 3);
  } else {
    assert.equal(await page.locator("#explore-overlay").isVisible(), false);
    assert.match(await text(page, "#explore-source"), /NASA’s are not at hand/);
  }
  await close();
});

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    const name = `${colorScheme}-${viewport.width}x${viewport.height}`;
    test(`the look at the data fits and is drawn, ${name}`, async () => {
      const phone = viewport.width < 600;
      const { page, close } = await open(site, {
        viewport, colorScheme, hasTouch: phone, isMobile: phone, deviceScaleFactor: phone ? 2 : 1, fragment: "#data=FD002-emulated",
      });
      await reachTraining(page);
      await explore(page, "FD002");
      for (const chart of ["lifetimes", "rul-labels", "regimes", "sensor", "before-failure"]) {
        const canvas = page.locator(`canvas#chart-${chart}`);
        await canvas.scrollIntoViewIfNeeded();
        await poll(page, `a picture in ${chart}`, () => canvas.evaluate((canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(data.buffer)).size;
        }), (count) => count > 3);
      }
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth), false);
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll("#explorer label, #explorer button, #explorer p, #explorer .chart")]
          .filter((element) => element.checkVisibility() && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1)
          .map((element) => element.outerHTML.slice(0, 80)));
      assert.deepEqual(cut, []);
      await page.locator("#explorer").screenshot({ path: join(screenshots, `explorer-${name}.png`) });
      await close();
    });
  }
}
