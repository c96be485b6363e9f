// Sections `steps` and `dispatches`: every net in every library that can train it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { openTab, reason } from "./browser.mjs";
import { CONTESTANTS } from "./config.mjs";
import { interleave, ratios, summarize, warmUp } from "./protocol.mjs";

/** Tries every form of the net: what differs from the reference is refused, of the rest the fastest is taken. */
const tryForms = async (tab, contestant, net, { config, oracle }) => {
  const forms = [];
  for (const form of await tab.call("forms", net)) {
    const attempt = { form };
    try {
      attempt.largest_difference = await tab.call("check", oracle, form);
      await tab.call("open", settings(contestant, net, form, config));
      const { stepMillis } = await warmUp(tab, config.timing);
      if (!(await tab.call("finite"))) throw new Error("the loss should be a finite number");
      attempt.step_millis = stepMillis;
      if (countsLaunches(contestant, config)) attempt.launches = await tab.call("count", config.dispatches.steps);
    } catch (error) {
      attempt.refused = reason(error);
    }
    forms.push(attempt);
  }
  return forms;
};

const countsLaunches = ({ backend }, { sections }) => backend === "webgpu" && sections.includes("dispatches");

const settings = ({ gradients }, net, form, { size, rate }) => ({ net, form, size, rate, ...(gradients && { gradients }) });

const fastest = (forms) =>
  forms.filter((form) => !form.refused).reduce((best, form) => (best && best.step_millis <= form.step_millis ? best : form), null);

/** A contestant in its tab, its net warmed up; or the reason why it does not take part. */
const enter = async (contestant, net, { context, url, config, oracle }) => {
  const entry = { id: contestant.id, name: contestant.name };
  let tab;
  try {
    tab = await openTab(context, url, config.timing.patience_millis);
    entry.runs_on = await tab.call("start", contestant);
    entry.forms = await tryForms(tab, contestant, net, { config, oracle });
    const best = fastest(entry.forms);
    if (!best) throw new Error([...new Set(entry.forms.map(({ form, refused }) => `${form}: ${refused}`))].join("; "));
    entry.form = best.form;
    if (best !== entry.forms.at(-1)) await tab.call("open", settings(contestant, net, best.form, config));
    const { steps, stepMillis } = await warmUp(tab, config.timing);
    return { entry: { ...entry, steps_per_sample: steps }, tab, slow: stepMillis > config.timing.slow_millis };
  } catch (error) {
    await tab?.close();
    return { entry: { ...entry, refused: reason(error) } };
  }
};

const time = async (entrants, config, tell) => {
  const runners = entrants.map(({ entry, tab, slow }) => ({
    id: entry.id,
    slow,
    sample: async () => (await tab.call("sample", entry.steps_per_sample)) / entry.steps_per_sample,
  }));
  const { samples, failures } = await interleave(runners, config.timing, tell);
  const bases = CONTESTANTS.filter(({ id, ours }) => ours && samples[id]).map(({ id }) => id);
  for (const { entry } of entrants) {
    const { id } = entry;
    if (failures[id]) entry.refused = reason(failures[id]);
    entry.millis = summarize(samples[id]);
    entry.ratios = Object.fromEntries(bases.filter((base) => base !== id).map((base) => [base, ratios(samples[id], samples[base])]));
  }
};

/** What every way of writing the net sends to the GPU: `{ id: [{ form, dispatches, submits }] }`. */
const launches = (all) =>
  Object.fromEntries(all.map(({ entry: { id, forms } }) =>
    [id, (forms ?? []).filter((form) => form.launches).map(({ form, launches }) => ({ form, ...launches }))]));

/** Both sections: `{ steps: { net: [entry] }, dispatches: { net: { id: [{ form, dispatches, submits }] } } }`. */
export const runSteps = async ({ context, url, config, oracles, tell }) => {
  const timed = config.sections.includes("steps");
  const counted = config.sections.includes("dispatches");
  const chosen = CONTESTANTS.filter(({ id }) => config.contestants.includes(id));
  const wanted = timed ? chosen : chosen.filter((contestant) => countsLaunches(contestant, config));
  const results = { ...(timed && { steps: {} }), ...(counted && { dispatches: {} }) };
  for (const net of config.nets) {
    const oracle = JSON.parse(await readFile(join(oracles, `gradients_${net}.json`), "utf8"));
    const all = [];
    for (const contestant of wanted) {
      const entrant = await enter(contestant, net, { context, url, config, oracle });
      const { form, refused, runs_on: runsOn } = entrant.entry;
      tell(`${net}: ${contestant.name}: ${refused ? `refused: ${refused}` : `${runsOn}, ${form}`}`);
      all.push(entrant);
    }
    const entrants = all.filter(({ tab }) => tab);
    if (timed) {
      await time(entrants, config, (text) => tell(`${net}: ${text}`));
      results.steps[net] = all.map(({ entry }) => entry);
    }
    if (counted) results.dispatches[net] = launches(all.filter((_, index) => countsLaunches(wanted[index], config)));
    await Promise.all(entrants.map(({ tab }) => tab.close()));
  }
  return results;
};
