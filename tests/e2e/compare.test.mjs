// A race between strategies, and the table that sets them side by side.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ENDLESS, agree, open, openAll, openSite, poll, reachPhase, reachStep, reachTraining, steps, takeSteps } from "./helpers.mjs";

let site;
before(async () => { site = await openSite(); });
after(() => site.close());

const rows = (page) =>
  page.locator("#table-compare tbody tr").evaluateAll((rows) => rows.map((row) => ({
    member: Number(row.dataset.member),
    label: row.querySelector("th").textContent,
    values: [...row.querySelectorAll("td")].map((cell) => Number(cell.dataset.value)),
    differences: [...row.querySelectorAll("td span")].map((span) => span.textContent),
  })));

test("several strategies race from the same start, and their figures can be ordered", async () => {
  const { page, close } = await open(site, { fragment: "#epochs=1&autoplay=0" });
  await reachPhase(page, "ready");
  assert.equal(await page.inputValue("#mode"), "focus");
  assert.equal(await page.locator("#comparison:visible").count(), 0, "one member has no other to be compared with");
  await page.selectOption("#mode", "compare");
  await poll(page, "three members", () => page.locator("#members .member").count(), (count) => count === 3);
  await poll(page, "their first figures", () => rows(page), (rows) => rows.length === 3 && rows.every(({ values }) => values.every(Number.isFinite)));
  // The address follows a little later: browsers limit how often it may change.
  await poll(page, "the race in the link", () => page.evaluate(() => decodeURIComponent(location.hash)), (hash) => /strategy=fixed,uncertainty,pcgrad/.test(hash));
  const names = await page.locator("#members .member-name").allTextContents();
  assert.deepEqual(names.map((name) => name.replace(/ .*/, "")), ["λ", "Uncertainty", "PCGrad"]);
  await takeSteps(page, 3);
  await page.click("#fork");
  await poll(page, "a fourth member", () => page.locator("#members .member").count(), (count) => count === 4);
  await page.click("#play");
  await reachPhase(page, "finished");

  const raced = await poll(page, "four rows", () => rows(page), (rows) => rows.length === 4 && rows.every(({ values }) => values.every(Number.isFinite)));
  assert.deepEqual(raced[0].differences, ["", "", "", ""], "the first row differs from nothing");
  assert.equal(new Set(raced.slice(0, 3).map(({ values }) => values[0])).size, 3, "strategies should make a difference");
  const difference = raced[2].values[0] - raced[0].values[0];
  assert.equal(Number(raced[2].differences[0].replace("−", "-").replace("±", "")).toFixed(2), difference.toFixed(2).replace("-0.00", "0.00"));

  const heading = page.locator('#comparison-head th[data-column="rmse"]');
  await heading.locator("button").click();
  await poll(page, "the order", () => heading.getAttribute("aria-sort"), (sort) => sort === "ascending");
  const rising = await poll(page, "rows in order", () => rows(page), (rows) => rows.every((row, index) => index === 0 || rows[index - 1].values[0] <= row.values[0]));
  assert.deepEqual(rising[0].differences, ["", "", "", ""]);
  assert.ok(rising.slice(1).every(({ differences }) => /^[+±]/.test(differences[0])), "the best is first");
  await heading.locator("button").press("Enter");
  await poll(page, "rows the other way", () => rows(page), (rows) => rows[0].values[0] >= rows.at(-1).values[0]);
  await close();
});

test("members can be added, removed and left alone", async () => {
  const { page, close } = await open(site, { fragment: `#lambda=0.5,0.5&strategy=fixed,rlw&${ENDLESS}` });
  await reachTraining(page);
  assert.equal(await page.inputValue("#mode"), "compare", "a link with two members is a race");
  await page.click("#add-member");
  await page.click("#confirm-no");
  assert.equal(await page.locator("#members .member").count(), 2, "the race goes on when a new start is declined");
  const kept = await steps(page);
  await reachStep(page, kept + 2);
  await page.click("#add-member");
  await page.click("#confirm-yes");
  await poll(page, "three members", () => page.locator("#members .member").count(), (count) => count === 3);
  await page.locator("#members .member-row button").first().click();
  await agree(page);
  await poll(page, "two members", () => page.locator("#members .member").count(), (count) => count === 2);
  await page.selectOption("#mode", "focus");
  await agree(page);
  await poll(page, "one member", () => page.locator("#comparison:visible").count(), (count) => count === 0);
  await reachTraining(page);
  await close();
});

test("four questions suggest strategies that can be taken at once", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  await openAll(page);
  const suggested = () => page.locator("#advisor-suggestions button").evaluateAll((buttons) => buttons.map(({ dataset }) => dataset.strategy));
  const before = await suggested();
  assert.ok(before.length >= 2, "some strategies should be suggested at once");
  await page.selectOption("#advisor-compute", { index: 2 });
  await page.selectOption("#advisor-data", { index: 2 });
  await page.selectOption("#advisor-stage", { index: 1 });
  const then = await suggested();
  assert.notDeepEqual(then, before);
  assert.ok(then.includes("auto-lambda"), "time and data allow a strategy that learns");
  await page.locator('#advisor-suggestions button[data-strategy="auto-lambda"]').click();
  await poll(page, "the strategy", () => page.inputValue("#strategy"), (value) => value === "auto-lambda");
  const now = await steps(page);
  await reachStep(page, now + 2);
  await close();
});
