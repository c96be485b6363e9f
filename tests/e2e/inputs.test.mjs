// Links and files: what a person brings along.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { choices, open, openSite, poll, reachStep, reachTraining, seen, steps } from "./helpers.mjs";

let site;
before(async () => { site = await openSite(); });
after(async () => { await site?.close(); });

test("the link holds the configuration and a reload restores it", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  const { value, values } = await choices(page, "#normalization");
  const other = values.find((other) => other !== value);
  await page.selectOption("#normalization", other);
  await page.focus("#lambda");
  for (let press = 0; press < 5; press += 1) await page.keyboard.press("ArrowLeft");
  const lambda = await page.inputValue("#lambda");
  const fragment = await poll(page, "λ in the link", () => page.evaluate(() => location.hash), (hash) => hash.includes(lambda.replace(/^0/, "")));
  await page.reload({ waitUntil: "commit" });
  await reachTraining(page);
  assert.equal(await page.inputValue("#lambda"), lambda);
  assert.equal(await page.inputValue("#normalization"), other);
  assert.equal(await page.evaluate(() => location.hash), fragment);
  await close();
});

test("a link that holds nonsense is told and does no harm", async () => {
  const { page, close } = await open(site, { fragment: "#lambda=seven&encoder=abacus&nonsense=1" });
  await reachTraining(page);
  const words = await page.locator("[role=alert]:visible").innerText();
  for (const part of ["lambda", "seven", "encoder", "abacus", "nonsense"]) assert.ok(words.includes(part), `${part}: ${words}`);
  const lambda = Number(await page.inputValue("#lambda"));
  assert.ok(lambda >= 0 && lambda <= 1);
  await close();
});

const files = {
  "not numbers": { name: "train_FD001.txt", text: "1 1 zero\n" },
  "a name that says nothing": { name: "holiday.txt", text: "sun\n" },
  "an empty file": { name: "test_FD001.txt", text: "" },
};

for (const [what, { name, text }] of Object.entries(files)) {
  test(`a malformed file is told and the run goes on: ${what}`, async () => {
    const { page, close } = await open(site);
    await reachTraining(page);
    await page.setInputFiles("#files", { name, mimeType: "text/plain", buffer: Buffer.from(text) });
    const alert = page.locator("[role=alert]:visible");
    await alert.waitFor();
    const words = await poll(page, "words in the alert", () => alert.innerText());
    assert.ok(words.includes(name), `the message should name the file, found: ${words}`);
    await reachStep(page, (await steps(page)) + 5);
    assert.equal((await seen(page)).regressions, 0, "the run should go on");
    await close();
  });
}
