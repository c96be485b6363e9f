// What a person sees of the files that they gave.
import { poll, reachTraining } from "./helpers.mjs";

/** Files for the chooser, by their names. */
export const payload = (files) =>
  Object.entries(files).map(([name, content]) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) }));

/** The data sets in the list. */
export const listed = (page) => page.locator("#files-list li span").allInnerTexts();
export const list = (page, count) => poll(page, `${count} data sets listed`, () => listed(page), (rows) => rows.length === count);
export const source = (page) => page.evaluate(() => document.querySelector("#data-source").textContent);
export const status = (page) => page.evaluate(() => document.querySelector("#status").textContent);
export const alertWords = async (page) => {
  await page.locator("[role=alert]:visible").waitFor();
  return poll(page, "words in the alert", () => page.locator("[role=alert]:visible").innerText());
};

export const trainOn = async (page, name, title = `your files, in C-MAPSS form (${name})`) => {
  await page.click(`#files-list button[data-subset=${name}]`);
  await page.click("#confirm-yes");
  await poll(page, "the data set in use", () => source(page), (words) => words.includes(title));
  await reachTraining(page);
};
