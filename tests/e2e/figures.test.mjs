// The figures beyond the six, in their fold.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { open, openSite, poll, reachTraining } from "./helpers.mjs";

let site;
before(async () => { site = await openSite(); });
after(() => site.close());

test("further figures of RUL and health stand in a fold, and the cost follows its prices", async () => {
  const { page, close } = await open(site, { fragment: "#stride=24&batch=64&epochs=200&encoder=cnn:8:3" });
  await reachTraining(page);
  await page.click("#more-figures > summary");
  const rows = () => page.locator("#more-figures-rows tr").evaluateAll((lines) =>
    lines.map((line) => [line.querySelector("th").textContent, Number(line.querySelector("td").dataset.value)]));
  const found = await poll(page, "the figures of an epoch's end", rows, (lines) => lines.length === 9);
  for (const [name, value] of found) assert.ok(Number.isFinite(value), name);
  const cost = async () => (await rows()).find(([name]) => name.startsWith("Expected cost"))[1];
  assert.ok((await cost()) < 1e4);
  await page.fill("#price-unused", "1000");
  await page.locator("#price-unused").blur();
  await poll(page, "a cost of the new price", cost, (value) => value > 1e4);
  await page.fill("#price-unused", "-1");
  await page.locator("#price-unused").blur();
  await poll(page, "the refusal in place", () => page.textContent("#price-unused-error"), (words) => /0/.test(words));
  await close();
});
