// A person's own files: read, trained on, kept in the browser and forgotten.
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { subset, zip } from "./engines.mjs";
import { alertWords, list, listed, payload, source, status, trainOn } from "./given.mjs";
import { open, openSite, phase, poll, reachPhase, reachStep, reachTraining, screenshots, seen, steps } from "./helpers.mjs";

let site;
// Without NASA's files, whether or not the build has found them: what is at hand is what is given.
before(async () => { site = await openSite({ bundled: false }); });
after(async () => { await site?.close(); });

/** Drops files on the page, as a person does from a folder's window. */
const drop = async (page, files) => {
  const carried = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const [name, base64] of files) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    return transfer;
  }, Object.entries(files).map(([name, content]) => [name, Buffer.from(content).toString("base64")]));
  await page.dispatchEvent("body", "dragenter", { dataTransfer: carried });
  assert.ok(await page.isVisible("#drop"), "files that hang over the page are seen to be welcome");
  await page.dispatchEvent("body", "drop", { dataTransfer: carried });
  assert.ok(!(await page.isVisible("#drop")));
};

/** Remembers every value of the bar and the file named beside it. */
const watchBar = (page) =>
  page.evaluate(() => {
    const [bar, words] = [document.querySelector("#files-progress"), document.querySelector("#files-reading-words")];
    globalThis.bar = [];
    new MutationObserver(() => globalThis.bar.push({ share: bar.value, words: words.textContent, shown: bar.checkVisibility() }))
      .observe(document.querySelector("#files-reading"), { subtree: true, attributes: true, childList: true, characterData: true });
  });

test("a zip within a zip and loose files are read in one drop, with progress, and trained on", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  await watchBar(page);
  const before = await steps(page);
  const half = subset("FD004");
  delete half["train_FD004.txt"];
  await drop(page, {
    "archive (1).zip": zip({ "6. Turbofan/CMAPSSData.zip": zip({ ...subset("FD003"), "readme.txt": "Data Set: FD003" }) }),
    ...subset("FD002", { seed: 2 }),
    ...half,
  });
  const rows = await list(page, 2);
  assert.match(rows[0], /^your files, in C-MAPSS form \(FD002\) \(24 training and 24 test engines, [\d,]+ rows\)$/);
  assert.match(rows[1], /FD003/);
  assert.match(await page.innerText("#files-missing"), /FD004 lacks train_FD004\.txt/);
  assert.match(await status(page), /Read from your files: your files, in C-MAPSS form \(FD002\) .* FD004 lacks train_FD004\.txt/);
  const bar = await page.evaluate(() => globalThis.bar);
  const shares = bar.map(({ share }) => share);
  assert.ok(bar.some(({ shown }) => shown) && new Set(shares).size > 3, `progress was seen: ${JSON.stringify(bar)}`);
  assert.deepEqual(shares, shares.toSorted((a, b) => a - b), "progress goes forward");
  assert.equal(shares.at(-1), 1);
  assert.ok(bar.some(({ words }) => words.includes("train_FD003.txt")), "files in archives are named");
  assert.ok(!(await page.isVisible("#files-reading")));
  // The run in progress went on, and lost nothing.
  await reachStep(page, before + 5);
  assert.equal((await seen(page)).regressions, 0);
  await trainOn(page, "FD003");
  await poll(page, "the link", () => page.evaluate(() => location.hash), (hash) => hash.includes("data=FD003-own"));
  // What was missing comes later.
  await page.setInputFiles("#files", payload({ "train_FD004.txt": subset("FD004")["train_FD004.txt"] }));
  await list(page, 3);
  assert.ok(!(await page.isVisible("#files-missing")));
  await close();
});

test("files are kept when asked to, found again by a link, and forgotten", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  const reload = async () => {
    await page.reload({ waitUntil: "commit" });
    await reachTraining(page);
  };
  await page.setInputFiles("#files", payload(subset("FD003")));
  await list(page, 1);
  assert.match(await page.innerText("#files-kept"), /not kept/);
  await trainOn(page, "FD003");
  await poll(page, "the link", () => page.evaluate(() => location.hash), (hash) => hash.includes("data=FD003-own"));
  await page.reload({ waitUntil: "commit" });
  await reachPhase(page, "failed");
  assert.deepEqual(await listed(page), [], "nothing is kept that was not asked to be");
  assert.match(await alertWords(page), /FD003 is not at hand/);
  await page.click("#alert-usual");
  await poll(page, "the usual run", () => phase(page), (found) => found === "training");

  await page.setInputFiles("#files", payload(subset("FD003")));
  await list(page, 1);
  await page.click("#keep-files");
  const year = String(new Date().getFullYear());
  await poll(page, "since when it is kept", () => page.innerText("#files-kept"), (words) => words.includes("FD003: kept in this browser since") && words.includes(year));
  await page.setInputFiles("#files", payload({ ...subset("FD001"), ...subset("FD003") }));
  await list(page, 2);
  const both = await page.innerText("#files-kept");
  assert.match(both, /FD003: kept in this browser since .* FD001: not kept/, "the same files again are kept as they were");
  await page.goto(`${site.url}#data=FD003-own`, { waitUntil: "commit" });
  await reload();
  assert.match(await source(page), /your files, in C-MAPSS form \(FD003\)/, "the link's data are there from the start");
  assert.equal(await page.locator("[role=alert]:visible").count(), 0);
  const rows = await listed(page);
  assert.match(rows[0], /24 training and 24 test engines, [\d,]{4,} rows/);
  assert.match(await page.innerText("#files-kept"), /kept in this browser since/);
  await page.locator("#files-kept").scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(screenshots, "files-kept.png") });

  await page.click("#forget-files");
  await poll(page, "that it is forgotten", () => page.innerText("#files-kept"), (words) => words.includes("not kept"));
  await reachStep(page, (await steps(page)) + 3);
  await page.reload({ waitUntil: "commit" });
  await reachPhase(page, "failed");
  assert.deepEqual(await listed(page), []);
  assert.ok(!(await page.isVisible("#forget-files")));
  await close();
});

test("workers that are started later have the files, too: a λ-curve's and the ledger's", async () => {
  const { page, close } = await open(site, { fragment: "#encoder=cnn:8:3&stride=24&batch=32&epochs=2&task-gradients=0&validation=0&autoplay=0" });
  await reachPhase(page, "ready");
  await page.setInputFiles("#files", payload({ ...subset("FD001"), ...subset("FD003") }));
  await list(page, 2);
  await page.click("#files-list button[data-subset=FD003]");
  await page.selectOption("#mode", "lambda-curve");
  await page.click("#play");
  await reachPhase(page, "training", "finished");
  assert.match(await source(page), /your files, in C-MAPSS form \(FD003\)/);
  // All workers of the curve are there by now; they get what is read from here on.
  await page.setInputFiles("#files", payload(subset("FD002", { seed: 2 })));
  await list(page, 3);
  await page.click("#files-list button[data-subset=FD002]");
  await page.locator("#confirm-yes").click();
  await poll(page, "the data set in use", () => source(page), (words) => words.includes("FD002"));
  await reachPhase(page, "finished");

  await page.locator("#ledger > summary").click();
  await page.click("#claim-information .measure");
  await poll(page, "a run on NASA's", () => page.locator("#claim-information progress").evaluate((bar) => bar.value), (value) => value > 0.2);
  assert.equal(await page.locator("[role=alert]:visible").count(), 0);
  await close();
});

test("what was kept and is damaged is told in a sentence, and the page goes on", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  await page.evaluate(async () => {
    const cache = await caches.open("lambdascope-files");
    await cache.put("kept/FD003", new Response("LSPK and no more than that"));
  });
  await page.reload({ waitUntil: "commit" });
  await reachTraining(page);
  assert.match(await alertWords(page), /What this browser kept is damaged and was left out: FD003 \(data pack: .*\); forget it/i);
  await page.click("#forget-files");
  await poll(page, "that it is forgotten", () => page.evaluate(() => caches.has("lambdascope-files")), (has) => !has);
  await close();
});

test("a full disk is told, and nothing is lost", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  await page.setInputFiles("#files", payload(subset("FD003")));
  await list(page, 1);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Storage.overrideQuotaForOrigin", { origin: new URL(site.url).origin, quotaSize: 1000 });
  await page.click("#keep-files");
  assert.match(await alertWords(page), /FD003 \([\d.]+ MB\) cannot be kept in this browser: .*quota/i);
  assert.equal((await listed(page)).length, 1);
  assert.ok(await page.isVisible("#keep-files"));
  await close();
});

test("more than 100 MB are refused with both numbers, before they are read", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    const part = new Blob([new Uint8Array(1 << 20)]);
    for (const name of ["train_FD001.txt", "test_FD001.txt"]) transfer.items.add(new File(Array(57).fill(part), name));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  });
  assert.match(await alertWords(page), /should have at most 100 MB together, found 119\.5 MB/);
  await reachStep(page, (await steps(page)) + 5);
  assert.equal((await seen(page)).regressions, 0);
  await close();
});

test("a damaged archive is told, and what was given before is remembered", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  const { "RUL_FD003.txt": rul, ...rest } = subset("FD003");
  await page.setInputFiles("#files", payload(rest));
  assert.match(await alertWords(page), /FD003 lacks RUL_FD003\.txt/);
  const archive = zip(subset("FD002"));
  await page.setInputFiles("#files", payload({ "half.zip": archive.subarray(0, archive.length / 2) }));
  await poll(page, "the archive's name", () => alertWords(page), (words) => /half\.zip: expected a zip archive, found a damaged one/.test(words));
  await page.setInputFiles("#files", payload({ "RUL_FD003.txt": rul }));
  await list(page, 1);
  assert.equal(await page.locator("[role=alert]:visible").count(), 0);
  assert.equal(await phase(page), "training");
  assert.equal((await seen(page)).regressions, 0);
  await close();
});

test("nearly 100 MB are read without the page standing still", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "lambdascope-"));
  try {
    // Some 24 MB a file: the same engines again and again under other numbers.
    const grow = (text, engines, bytes) => {
      const blocks = text.split("\n").filter(Boolean).reduce((all, line) => {
        const [unit] = line.split(" ", 1);
        (all[unit - 1] ??= []).push(line.slice(unit.length));
        return all;
      }, []);
      const parts = [];
      for (let [unit, size] = [1, 0]; size < bytes || (unit - 1) % engines !== 0; unit += 1) {
        const part = blocks[(unit - 1) % blocks.length].map((rest) => `${unit}${rest}\n`).join("");
        parts.push(part);
        size += part.length;
      }
      return parts;
    };
    const paths = [];
    let bytes = 0;
    for (const [name, seed] of [["FD001", 1], ["FD003", 3]]) {
      const files = subset(name, { seed });
      const [train, test] = ["train", "test"].map((role) => grow(files[`${role}_${name}.txt`], 24, 23_700_000));
      const contents = { train: train.join(""), test: test.join(""), RUL: test.map(() => "40 \n").join("") };
      for (const [role, text] of Object.entries(contents)) {
        const path = join(folder, `${role}_${name}.txt`);
        await writeFile(path, text);
        paths.push(path);
        bytes += text.length;
      }
    }
    assert.ok(bytes > 90e6 && bytes <= 100e6, `${bytes}`);
    const { page, close } = await open(site);
    await reachTraining(page);
    await watchBar(page);
    const before = await steps(page);
    await page.evaluate(() => { globalThis.seen.longTasksMillis.length = 0; });
    const begun = Date.now();
    await page.setInputFiles("#files", paths);
    await list(page, 2);
    const { longTasksMillis } = await seen(page);
    context.diagnostic(`${(bytes / 1e6).toFixed(1)} MB in ${Date.now() - begun} ms; long tasks of the page: ${longTasksMillis.map(Math.round).join(", ") || "none"} ms`);
    const bar = await page.evaluate(() => globalThis.bar);
    assert.ok(new Set(bar.map(({ share }) => share)).size > 30, "a large drop's progress is seen");
    await reachStep(page, before + 5);
    assert.equal((await seen(page)).regressions, 0);
    await page.click("#keep-files");
    await poll(page, "that it is kept", () => page.innerText("#files-kept"), (words) => words.includes("kept in this browser since"));
    await close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("NASA's own files, where they are at hand", async (context) => {
  const folder = process.env.CMAPSS_DIR;
  if (!folder) return context.skip("CMAPSS_DIR is not set");
  const names = (await readdir(folder)).filter((name) => /^(train|test|RUL)_FD00\d\.txt$/.test(name));
  const files = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))])));
  const { page, close } = await open(site);
  await reachTraining(page);
  await drop(page, { "archive.zip": zip({ "CMAPSSData.zip": zip(files) }) });
  const rows = await poll(page, "FD001", () => listed(page), (rows) => rows.length > 0);
  assert.equal(rows[0], "NASA C-MAPSS FD001 (100 training and 100 test engines, 33,727 rows)");
  await trainOn(page, "FD001", "NASA C-MAPSS FD001");
  await close();
});
