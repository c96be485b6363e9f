// Choosing what weighs the losses, and setting its parameters.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { choices, open, openAll, openSite, pause, phase, poll, reachStep, reachTraining, seen, steps, weightsSeen } from "./helpers.mjs";

let site;
before(async () => { site = await openSite(); });
after(() => site.close());

test("every strategy can be chosen while training goes on", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  const { values } = await choices(page, "#strategy");
  assert.ok(values.length > 25, `more than 25 strategies should be offered, found ${values.length}`);
  for (const name of values) {
    const before = await steps(page);
    await page.selectOption("#strategy", name);
    await reachStep(page, before + 3);
    assert.equal(await page.inputValue("#strategy"), name, "the choice should stay");
    assert.ok((await page.textContent("#strategy-help")).length > 20, `${name} should say what it does`);
  }
  assert.equal(await phase(page), "training");
  assert.equal((await seen(page)).regressions, 0, "nothing should restart");
  assert.equal(await page.locator("#alert:visible").count(), 0, "nothing should go wrong");
  await close();
});

test("a strategy's weights and parameters take effect, and the link keeps them", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  await page.selectOption("#strategy", "rlw");
  const before = await steps(page);
  await reachStep(page, before + 30);
  await pause(page);
  const rows = (await weightsSeen(page)).filter(({ step }) => step > before + 3);
  assert.ok(new Set(rows.map(({ lambda }) => lambda.toFixed(2))).size > 10, "random weights should differ from step to step");

  await page.selectOption("#strategy", "gradnorm");
  await openAll(page);
  await poll(page, "the card that names the paper", () => page.textContent("#strategy-card"), (card) => /Chen/.test(card));
  await page.fill("#strategy-alpha", "0.5");
  await page.press("#strategy-alpha", "Tab");
  await poll(page, "the link", () => page.evaluate(() => location.hash), (hash) => /strategy=gradnorm:alpha=0\.5/.test(decodeURIComponent(hash)));
  await page.fill("#strategy-alpha", "-7");
  await page.press("#strategy-alpha", "Tab");
  await poll(page, "the refusal", () => page.textContent("#strategy-alpha-error"), (text) => /alpha.*\[0, 5\], found -7/.test(text));
  assert.equal(await page.getAttribute("#strategy-alpha", "aria-invalid"), "true");
  assert.match(decodeURIComponent(await page.evaluate(() => location.hash)), /strategy=gradnorm:alpha=0\.5/, "0.5 stays in force");
  await page.reload();
  await reachTraining(page);
  assert.equal(await page.inputValue("#strategy"), "gradnorm");
  assert.equal(await page.inputValue("#strategy-alpha"), "0.5");
  await close();
});
