// Tables as people have them: read with a sentence for what was assumed, refused with one, or mapped in a dialog.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { subset, zip } from "./engines.mjs";
import { alertWords, list, listed, payload, source } from "./given.mjs";
import { open, openSite, poll, reachTraining, screenshots } from "./helpers.mjs";

let site;
before(async () => { site = await openSite({ bundled: false }); });
after(async () => { await site?.close(); });

const plain = subset("FD001");
const header = ["unit_number", "time_cycles", ...[1, 2, 3].map((n) => `setting_${n}`), ...Array.from({ length: 21 }, (_, n) => `sensor_${n + 1}`)];

/** The three files with other names and another text. */
const changed = (name, text) =>
  Object.fromEntries(Object.entries(plain).map(([file, content]) => [name(file), text(content, file.startsWith("RUL"))]));
const lines = (text, line) => text.trim().split("\n").map((one) => line(one.trim())).join("\n") + "\n";
const csv = (separator, comma) => changed(
  (file) => file.replace(".txt", ".csv"),
  (text, isRul) => `${isRul ? "RUL" : header.join(separator)}\n${lines(text, (line) => line.replaceAll(" ", separator).replaceAll(".", comma))}`,
);

const READ = [
  ["commas and a header", csv(",", "."), /train_FD001\.csv and test_FD001\.csv: columns separated by commas\. .*header skipped\./],
  ["semicolons and decimal commas", csv(";", ","), /columns separated by semicolons, with decimal commas/],
  ["gzip", changed((file) => `${file}.gz`, (text) => gzipSync(text)), null],
  ["PM names", changed((file) => file.replace("FD001", "").replace(/(.*)_\.txt/, (_, role) => `PM_${role === "RUL" ? "truth" : role}.txt`), (text) => text), /PM_train\.txt: taken for train_FD001\.txt/],
  ["rows in another order", { ...plain, "train_FD001.txt": plain["train_FD001.txt"].trim().split("\n").reverse().join("\n") }, /train_FD001\.txt: rows are sorted by unit and cycle/],
  ["UTF-16", changed((file) => file, (text) => Buffer.from(`\ufeff${text}`, "utf16le")), /read as UTF-16/],
  ["a scaled copy beside the right file", { "data.zip": zip({ ...plain, "train_FD001_scaled.csv": "0.1,0.2\n" }) }, /its name is the exact one; train_FD001_scaled\.csv, which differs, is passed over/],
];

const REFUSED = [
  [{ "train.txt": plain["train_FD001.txt"], "test.txt": plain["test_FD001.txt"], "final_test.txt": plain["test_FD001.txt"] }, /PHM 2008 challenge, of which the RULs of the test engines were not published/],
  [{ ...plain, "RUL_FD001.txt": "7\n" }, /RUL_FD001\.txt: expected 24 rows, one for each engine of test_FD001\.txt, found 1/],
  [{ "CMAPSSData.7z": Buffer.from("377abcaf271c0004", "hex") }, /CMAPSSData\.7z: a 7z archive, which is not read; unpack it first/],
];

test("tables as people have them are read, and what was assumed is said", async () => {
  const { page, close } = await open(site);
  await reachTraining(page);
  for (const [what, files, said] of READ) {
    await page.setInputFiles("#files", payload(files));
    await list(page, 1);
    assert.match((await listed(page))[0], /^your files, in C-MAPSS form \(FD001\) \(24 training and 24 test engines/, what);
    const words = () => page.locator("#files-list li p").allInnerTexts();
    await poll(page, what, words, (found) => (said ? said.test(found.join(" ")) : found.length === 0));
    assert.equal(await page.locator("[role=alert]:visible").count(), 0, what);
  }
  for (const [files, why] of REFUSED) {
    await page.setInputFiles("#files", payload(files));
    await poll(page, String(why), () => alertWords(page), (words) => why.test(words));
  }
  await close();
});

/** Pumps that ran to failure, a row an hour. */
const pumps = () => {
  let text = "pump,hour,flow,heat,remark\n";
  for (const [pump, life] of [["a", 40], ["b", 52], ["c", 60], ["d", 45], ["e", 50]]) {
    for (let hour = 0; hour < life; hour += 1) text += `${pump},${hour},${(100 - (hour * hour) / life).toFixed(2)},${20 + ((hour * 7) % 5)},none\n`;
  }
  return text;
};

test("tables of another fleet are mapped in a dialog, with refusals in their places, and trained on", async () => {
  const { page, close } = await open(site, { fragment: "#encoder=cnn:8:3&epochs=2" });
  await reachTraining(page);
  await page.setInputFiles("#files", payload({ "pumps.csv": pumps() }));
  await page.locator("#map[open]").waitFor();
  assert.match(await page.innerText("#map-why"), /^Expected files named like train_FD001\.txt/);
  assert.equal(await page.inputValue("#map-name"), "pumps");
  assert.deepEqual(await page.locator("#map-columns th").allInnerTexts(), ["pump", "hour", "flow", "heat", "remark"]);
  const hold = (column, role) => page.locator("#map-columns tr", { hasText: column }).first().locator("select").selectOption(role);
  const refused = (place, why) => poll(page, String(why), () => page.innerText(place), (words) => why.test(words));
  await page.click("#map-read");
  await refused("#map-refused-columns", /`unit` should be the column that says which unit a row is of/);
  await hold("pump", "unit");
  await hold("hour", "time");
  await page.fill("#map-cap", "many");
  await page.click("#map-read");
  await refused("#map-refused-labels", /`cap`: expected cycles such as 125, a share of life such as 60 %, or none/);
  await page.fill("#map-cap", "20 %");
  await page.click("#map-read");
  await refused("#map-refused-labels", /`cap` should be above the larger threshold of health/);
  await page.fill("#map-cap", "60 %");
  await page.locator("#map summary").click();
  assert.match(await page.innerText("#map-toml"), /unit = "pump"\ntime = "hour"\nsensors = \["flow", "heat"\]/);
  await page.screenshot({ path: join(screenshots, "mapping.png") });
  await page.click("#map-read");
  await list(page, 1);
  assert.ok(!(await page.isVisible("#map")));
  assert.match((await listed(page))[0], /^your fleet pumps \(3 training and 2 test engines/);
  await page.click("#files-list button[data-subset=FD001]");
  await page.click("#confirm-yes");
  await poll(page, "the fleet in use", () => source(page), (words) => words.includes("your fleet pumps"));
  await poll(page, "its labels in the link", () => page.evaluate(() => location.hash), (hash) => /cap=\d+/.test(hash) && /health=\d+/.test(hash));
  // Escape leaves everything as it was.
  await page.setInputFiles("#files", payload({ "pumps.csv": pumps() }));
  await page.locator("#map[open]").waitFor();
  await page.keyboard.press("Escape");
  await poll(page, "the dialog closed", () => page.isVisible("#map"), (visible) => !visible);
  await list(page, 1);
  await close();
});

test("cases of a folder, where one is at hand, are read or refused", async (context) => {
  const folder = process.env.LAMBDASCOPE_CASES;
  if (!folder) return context.skip("LAMBDASCOPE_CASES is not set");
  const files = async (path) => {
    const entries = await readdir(path, { withFileTypes: true });
    const found = await Promise.all(entries.map(async (entry) => {
      const below = join(path, entry.name);
      return entry.isDirectory() ? files(below) : [[entry.name, await readFile(below)]];
    }));
    return found.flat();
  };
  for (const entry of (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory())) {
    const { page, close } = await open(site);
    await reachTraining(page);
    await page.setInputFiles("#files", payload(Object.fromEntries(await files(join(folder, entry.name)))));
    const rows = () => page.locator("#files-list li").allInnerTexts();
    const alerts = () => page.locator("[role=alert]:visible").allInnerTexts();
    const answer = async () => [...(await rows()), ...(await alerts())];
    const words = await poll(page, entry.name, answer, (found) => found.length > 0);
    assert.ok(words.every((row) => !row.includes("NASA C-MAPSS")), words.join("; "));
    context.diagnostic(`${entry.name}: ${words.join(" | ").replaceAll("\n", " ")}`);
    await close();
  }
});
