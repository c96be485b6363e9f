// The ledger of claims: what ships, and what is measured here.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { open, openSite, poll, reachPhase, takeSteps } from "./helpers.mjs";

let site;
before(async () => { site = await openSite(); });
after(() => site.close());

const ID = "information";
const card = `#claim-${ID}`;
const done = (page) => page.locator(`${card} progress`).evaluate((bar) => bar.value);

const openLedger = async (page) => {
  await reachPhase(page, "ready");
  await page.locator("#ledger > summary").click();
  await poll(page, "the cards", () => page.locator(".claim").count(), (count) => count === 8);
};

test("every claim has its card: what is claimed, what is doubtful, what was measured, and by what rule", async () => {
  const { page, close } = await open(site, { fragment: "#autoplay=0" });
  await openLedger(page);
  await poll(page, "what ships", () => page.locator('.finding[data-measured="shipped"] .verdict').count(), (count) => count === 8);
  for (const claim of await page.locator(".claim").all()) {
    assert.ok((await claim.locator(".claim-sentence").textContent()).length > 20);
    const folded = await claim.locator("details").first().textContent();
    for (const heading of ["Published", "Measured here", "Verdict"]) assert.ok(folded.includes(heading), heading);
    assert.match(await claim.locator(".verdict").first().textContent(), /^(supported|not supported|undecided)$/);
  }
  await close();
});

test("a claim is measured here, pauses, and goes on after a reload", async () => {
  const { page, close } = await open(site, { fragment: "#autoplay=0" });
  await openLedger(page);
  const measure = page.locator(`${card} .measure`);
  await measure.click();
  await poll(page, "a run to be done", () => done(page), (value) => value >= 1);
  assert.ok(await page.locator("#claim-optimum .measure").isDisabled(), "one claim at a time");
  await measure.click();
  await poll(page, "the pause", () => measure.textContent(), (words) => words === "Go on");
  // The page's own run computes beside it: while that one takes steps, a measurement that stands does not.
  const passed = async (steps) => {
    const before = await done(page);
    await takeSteps(page, steps);
    return (await done(page)) - before;
  };
  await poll(page, "the last step told", () => passed(2), (more) => more === 0);
  assert.equal(await passed(20), 0, "a paused measurement stands");
  const paused = await done(page);
  await measure.click();
  await poll(page, "more of it", () => done(page), (value) => value > paused + 0.3);
  const before = await done(page);

  await page.reload();
  await openLedger(page);
  const kept = await poll(page, `the whole runs of ${before}`, () => done(page), (value) => value >= Math.floor(before));
  assert.equal(await measure.textContent(), "Go on measuring");
  await page.evaluate((bar) => {
    globalThis.shares = [];
    new MutationObserver(([{ target }]) => globalThis.shares.push(target.value)).observe(document.querySelector(bar), { attributes: true });
  }, `${card} progress`);
  await measure.click();
  const first = await poll(page, "the run on its way", () => page.evaluate((kept) => globalThis.shares.find((share) => share > kept), kept));
  // Four epochs a run: what is lost is at most one of them.
  assert.ok(first >= before - 0.26, `it should go on from the last epoch's end: ${before} before, ${first} after`);
  await page.locator(`${card} .claim-buttons .quiet`).click();
  await poll(page, "the end of it", () => measure.textContent(), (words) => words === "Go on measuring");
  assert.ok(await page.locator(`${card} .finding[data-measured="here"] .verdict`).isVisible());
  await page.locator(`${card} .claim-buttons .link`).click();
  await poll(page, "a clean card", () => measure.textContent(), (words) => words === "Measure it here");
  await close();
});
