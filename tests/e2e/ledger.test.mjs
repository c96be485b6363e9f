// The ledger of claims: what ships, and what is measured here.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { open, openSite, poll, reachTraining } from "./helpers.mjs";

let site;
before(async () => { site = await openSite(); });
after(() => site.close());

const ID = "information";
const card = `#claim-${ID}`;
const done = (page) => page.locator(`${card} progress`).evaluate((bar) => bar.value);

const openLedger = async (page) => {
  await reachTraining(page);
  await page.click("#play");
  await page.locator("#ledger > summary").click();
  await poll("the cards", () => page.locator(".claim").count(), (count) => count === 8);
};

test("every claim has its card: what is claimed, what is doubtful, what was measured, and by what rule", async () => {
  const { page, close } = await open(site);
  await openLedger(page);
  await poll("what ships", () => page.locator('.finding[data-measured="shipped"] .verdict').count(), (count) => count === 8);
  for (const claim of await page.locator(".claim").all()) {
    assert.ok((await claim.locator(".claim-sentence").textContent()).length > 20);
    const folded = await claim.locator("details").first().textContent();
    for (const heading of ["Published", "Measured here", "Verdict"]) assert.ok(folded.includes(heading), heading);
    assert.match(await claim.locator(".verdict").first().textContent(), /^(supported|not supported|undecided)$/);
  }
  await close();
});

test("a claim is measured here, pauses, and goes on after a reload", async () => {
  const { page, close } = await open(site);
  await openLedger(page);
  const measure = page.locator(`${card} .measure`);
  await measure.click();
  await poll("a run to be done", () => done(page), (value) => value >= 1);
  assert.ok(await page.locator("#claim-optimum .measure").isDisabled(), "one claim at a time");
  await measure.click();
  await poll("the pause", () => measure.textContent(), (words) => words === "Go on");
  await page.waitForTimeout(300);
  const paused = await done(page);
  await page.waitForTimeout(500);
  assert.equal(await done(page), paused, "a paused measurement stands");
  await measure.click();
  await poll("more of it", () => done(page), (value) => value > paused + 0.3);
  const before = await done(page);

  await page.reload();
  await openLedger(page);
  const kept = await done(page);
  assert.ok(kept >= Math.floor(before), `whole runs should outlive a reload: ${before} before, ${kept} after`);
  assert.equal(await measure.textContent(), "Go on measuring");
  await measure.click();
  // Four epochs a run: what is lost is at most one of them.
  await poll("the run on its way", () => done(page), (value) => value >= Math.max(kept, before - 0.26));
  await page.locator(`${card} .claim-buttons .quiet`).click();
  await poll("the end of it", () => measure.textContent(), (words) => words === "Go on measuring");
  assert.ok(await page.locator(`${card} .finding[data-measured="here"] .verdict`).isVisible());
  await page.locator(`${card} .claim-buttons .link`).click();
  await poll("a clean card", () => measure.textContent(), (words) => words === "Measure it here");
  await close();
});
