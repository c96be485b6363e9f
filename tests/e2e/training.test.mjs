// The run and its controls, as a person uses them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  ENDLESS, assertNoGaps, choices, open, openAll, openSite, pause, phase, play, poll, reachPhase, reachStep, reachTraining, seen,
  steps, takeSteps, weightsSeen,
} from "./helpers.mjs";

let site;
before(async () => { site = await openSite(); });
after(async () => { await site?.close(); });

const near = (a, b) => Math.abs(a - b) < 0.002;
const lambdaOf = (page) => page.inputValue("#lambda").then(Number);

test("loads and trains by itself, without long pauses for a person", async (t) => {
  const { page, close } = await open(site, { fragment: "" });
  await reachTraining(page, 1);
  const { firstStepMillis } = await seen(page);
  t.diagnostic(`first training step ${Math.round(firstStepMillis)} ms after navigation`);
  await reachStep(page, 60);
  const { longTasksMillis } = await seen(page);
  t.diagnostic(`long tasks until step 60: ${longTasksMillis.length}, longest ${Math.round(Math.max(0, ...longTasksMillis))} ms`);
  assert.match(await page.getAttribute("#backend", "data-backend"), /^(cpu|webgpu)$/);
  assert.match(await page.getAttribute("#data-source", "data-kind"), /^(nasa|emulated)$/);
  for (const id of ["rmse", "score", "accuracy", "cosine", "epoch"]) {
    await poll(page, `a figure in #${id}`, () => page.getAttribute(`#${id}`, "data-value"), (value) => value !== "" && Number.isFinite(Number(value)));
  }
  await close();
});

test("dragging λ reaches the table of weights while training goes on", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  await page.locator("#lambda").scrollIntoViewIfNeeded();
  const box = await page.locator("#lambda").boundingBox();
  const y = box.y + box.height / 2;
  const from = await lambdaOf(page);
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, y, { steps: 12 });
  await page.mouse.up();
  const lambda = await lambdaOf(page);
  assert.ok(lambda > 0.7 && lambda < 0.9, `the slider should follow the mouse to about 0.8, found ${lambda}`);
  assert.equal(Number(await page.textContent("output[for=lambda]")), lambda, "the output should tell the slider's value");
  const rows = await poll(page, "the new weight in the table", () => weightsSeen(page), (rows) => rows.some((row) => near(row.lambda, lambda)));
  const first = rows.find((row) => near(row.lambda, lambda)).step;
  await reachStep(page, first + 20);
  const later = await poll(page, "rows after the change", () => weightsSeen(page), (rows) => rows.at(-1).step >= first + 15);
  assert.ok(later.filter(({ step }) => step >= first).every((row) => near(row.lambda, lambda)), "the weight should stay");
  await assertNoGaps(page);
  assert.equal((await seen(page)).regressions, 0, "nothing should restart");
  await close();
});

test("arrow keys on λ take effect at the very next step", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  const count = await pause(page);
  const old = await lambdaOf(page);
  await page.focus("#lambda");
  for (let press = 0; press < 7; press += 1) await page.keyboard.press("ArrowRight");
  const lambda = await lambdaOf(page);
  assert.ok(near(lambda, old + 0.07), `seven presses should move λ by 0.07, found ${old} → ${lambda}`);
  await page.click("#step");
  await reachStep(page, count + 1);
  const rows = await poll(page, "the step in the table", () => weightsSeen(page), (rows) => rows.at(-1)?.step === count + 1);
  assert.ok(near(rows.at(-1).lambda, lambda), `step ${count + 1} should use λ = ${lambda}, found ${rows.at(-1).lambda}`);
  assert.ok(near(rows.at(-2).lambda, old), `step ${count} should keep λ = ${old}, found ${rows.at(-2).lambda}`);
  await assertNoGaps(page);
  await close();
});

test("normalization changes live", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  const { value, values } = await choices(page, "#normalization");
  for (const other of values.filter((other) => other !== value)) {
    const before = await steps(page);
    await page.selectOption("#normalization", other);
    await reachStep(page, before + 5);
  }
  assert.equal(await page.locator("dialog[open]").count(), 0, "no question should be asked");
  assert.equal((await seen(page)).regressions, 0, "the count of steps should never fall");
  await assertNoGaps(page);
  await close();
});

test("another encoder asks first: no keeps the run, yes starts anew", async () => {
  const { page, close } = await open(site);
  await reachTraining(page, 5);
  await openAll(page);
  const { value, values } = await choices(page, "#encoder");
  const other = values.find((other) => other !== value);
  const dialog = page.locator("dialog[open]");

  const before = await steps(page);
  await page.selectOption("#encoder", other);
  await dialog.waitFor({ state: "visible" });
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await poll(page, "the old encoder in the control", () => page.inputValue("#encoder"), (found) => found === value);
  await reachStep(page, before + 3);
  assert.equal((await seen(page)).regressions, 0, "the run should go on");

  await page.selectOption("#encoder", other);
  await dialog.waitFor({ state: "visible" });
  const high = await steps(page);
  await dialog.locator("button[value=yes]").click();
  await dialog.waitFor({ state: "hidden" });
  await poll(page, "a run begun anew", () => seen(page), ({ regressions }) => regressions >= 1);
  assert.equal(await page.inputValue("#encoder"), other);
  await reachPhase(page, "training", "ready");
  assert.ok(high > before);
  await close();
});

test("pause, step, reset and play do what they say", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  await pause(page);
  await takeSteps(page, 3);
  await page.click("#reset");
  await poll(page, "step 0", () => steps(page), (found) => found === 0);
  await reachPhase(page, "ready");
  await play(page);
  await reachTraining(page);
  await play(page);
  await reachStep(page, (await steps(page)) + 3);
  assert.equal(await phase(page), "training", "what trains goes on");
  await close();
});

test("Play plays, though the run has begun since the button was drawn", async () => {
  const { page, close } = await open(site, { fragment: `#${ENDLESS}&autoplay=0` });
  await reachPhase(page, "ready");
  const said = await page.evaluate(() => new Promise((pressed) => {
    const button = document.querySelector("#play");
    const draw = globalThis.requestAnimationFrame;
    const held = [];
    globalThis.requestAnimationFrame = (then) => held.push(then);
    globalThis.lambdascopeWorker.worker.addEventListener("message", ({ data }) => {
      if (data.kind !== "phase" || data.phase !== "training" || globalThis.requestAnimationFrame === draw) return;
      const { does } = button.dataset;
      button.click();
      globalThis.requestAnimationFrame = draw;
      held.forEach((then) => draw(then));
      pressed(does);
    });
    button.click();
  }));
  assert.equal(said, "play", "the page had not drawn what the worker sent");
  await reachTraining(page);
  await reachStep(page, (await steps(page)) + 20);
  assert.equal(await phase(page), "training");
  await close();
});

test("a fork trains on beside its original", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  const columns = () => page.evaluate(() => document.querySelector("table#table-weights").tHead?.rows[0]?.cells.length ?? 0);
  const before = await poll(page, "columns of weights", columns);
  const count = await steps(page);
  await page.click("#fork");
  await poll(page, "columns of a second member", columns, (found) => found > before);
  await reachStep(page, count + 5);
  assert.equal((await seen(page)).regressions, 0, "the count of steps should go on");
  await close();
});

test("the gradients' ratio, the bounds over the epochs and the published phases can be asked for", async () => {
  const { page, close } = await open(site, { fragment: "#epochs=1&stride=12" });
  await reachPhase(page, "finished");
  const headers = (name) => page.locator(`#table-${name} thead th`).allTextContents();
  await poll(page, "both norms", () => headers("gradient-norms"), (names) => names.some((name) => name.includes("L_health")));
  await page.selectOption("#norms-as", "ratio");
  await poll(page, "their ratio", () => headers("gradient-norms"), (names) => names.some((name) => name.includes("/")));
  await poll(page, "the ratio in words", () => page.textContent("#words-gradient-norms"), (words) => /in cycles/.test(words));
  await page.selectOption("#information-as", "epochs");
  await poll(page, "the bounds", () => headers("information"), (names) => names[0] === "epoch");
  assert.equal(await page.locator("#table-information tbody tr").count(), 1, "one epoch, one row");
  await page.check("#cosine-published");
  assert.ok(await page.isChecked("#cosine-published"));
  await poll(page, "a prediction for each test engine", () => page.locator("#table-predictions tbody tr").count(), (count) => count >= 100);
  await close();
});

test("a test engine's life is drawn, and another one can be chosen", async () => {
  const { page, close } = await open(site, { fragment: "#epochs=1&stride=12" });
  await reachPhase(page, "finished");
  const cycles = () => page.locator("#table-trajectory tbody tr").count();
  const longest = await poll(page, "a row for each cycle", cycles, (count) => count > 100);
  const number = page.locator("#trajectory-engine");
  const followed = await number.inputValue();
  assert.ok(Number(followed) >= 1, "the number of the engine with the longest record stands in the field");
  await number.fill(followed === "1" ? "2" : "1");
  await number.press("Enter");
  await poll(page, "another engine's cycles", cycles, (count) => count > 0 && count !== longest);
  assert.match(await page.textContent("#words-trajectory"), /Of \d+ test engines: \d+ cycles on record/);
  assert.deepEqual((await page.locator("#table-trajectory thead th").allTextContents()).slice(0, 2), ["cycle", "true RUL"]);
  await close();
});

test("the run before stays as a line behind the one that took its place", async () => {
  const { page, close } = await open(site, { fragment: "#epochs=1&stride=12" });
  await reachPhase(page, "finished");
  assert.equal(await page.locator("#rmse-earlier").isVisible(), false, "there is no run before the first");
  const best = Number(await page.getAttribute("#rmse", "data-value"));
  await page.click("#reset");
  const words = await poll(page, "what it came to", () => page.textContent("#words-rmse"), (text) => text.startsWith("Run before, best"));
  assert.ok(Number(words.match(/last (\d+(\.\d+)?)/)[1]) - best < 0.01, `${words} after ${best}`);
  assert.ok(await page.isChecked("#rmse-earlier"));
  await close();
});
