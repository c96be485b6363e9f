// Sections `members` and `products`: Lambdascope by itself.
import { openTab, reason } from "./browser.mjs";
import { CONTESTANTS } from "./config.mjs";
import { interleave, ratios, summarize, warmUp } from "./protocol.mjs";

/** A tab with one run of Lambdascope in it, warmed up. */
const enter = async ({ context, url, config }, backend, encoder, options = {}) => {
  const tab = await openTab(context, url, config.timing.patience_millis);
  try {
    const contestant = CONTESTANTS.find((candidate) => candidate.ours && candidate.backend === backend);
    const runsOn = await tab.call("start", contestant);
    await tab.call("open", { net: encoder, size: config.size, rate: config.rate, ...options });
    const { steps, stepMillis } = await warmUp(tab, config.timing);
    const sample = async () => (await tab.call("sample", steps)) / steps;
    return { tab, runsOn, sample, steps, slow: stepMillis > config.timing.slow_millis };
  } catch (error) {
    await tab.close();
    throw error;
  }
};

/** Members of one encoder on one backend, every count in its own tab. */
const scale = async (tools, backend, encoder, counts) => {
  const { config, tell } = tools;
  const entrants = [];
  const refused = [];
  for (const members of counts) {
    try {
      entrants.push({ id: String(members), members, ...(await enter(tools, backend, encoder, { members })) });
    } catch (error) {
      refused.push({ members, refused: reason(error) });
    }
    tell(`members: ${encoder}, ${backend}: ${members} ${refused.at(-1)?.members === members ? "refused" : "ready"}`);
  }
  const timing = { ...config.timing, rounds: config.members.rounds };
  const { samples } = await interleave(entrants, timing, (text) => tell(`members: ${encoder}, ${backend}: ${text}`));
  await Promise.all(entrants.map(({ tab }) => tab.close()));
  const one = samples[String(counts[0])];
  const rows = entrants.map(({ id, members, steps }) => ({
    members, steps_per_sample: steps, millis: summarize(samples[id]), ratio: one ? ratios(samples[id], one) : null,
  }));
  return { encoder, backend, runs_on: entrants[0]?.runsOn, rows: [...rows, ...refused] };
};

/** What more members cost. */
export const runMembers = async (tools) => {
  const { encoders, counts, webgpu, webgpu_counts: webgpuCounts } = tools.config.members;
  const curves = [];
  for (const encoder of encoders) curves.push(await scale(tools, "cpu", encoder, counts));
  if (webgpu) curves.push(await scale(tools, "webgpu", "cnn", webgpuCounts));
  return { members: curves };
};

const FLOPS_PER_MILLI = 1e6; // of one GFLOP/s

/**
 * How much of a step is matrix products: the time that its operations would take at the rate of the step's own
 * products, of the time that the step takes. Rates and steps are measured in the same rounds.
 */
export const runProducts = async (tools) => {
  const { encoder, rounds, repetitions, sizes } = tools.config.products;
  const { tab, runsOn, sample } = await enter(tools, "cpu", encoder);
  const rates = sizes.map(({ rows, inner, columns }, index) => ({
    id: String(index),
    sample: () => tab.call("rate", rows, inner, columns, repetitions),
  }));
  const flops = await tab.call("flops");
  // Compilers settle on the products, too.
  for (const rate of rates) await rate.sample();
  const { samples, failures } = await interleave([{ id: "step", sample }, ...rates], { rounds }, (text) => tools.tell(`products: ${text}`));
  await tab.close();
  const failed = Object.values(failures)[0];
  if (failed) throw failed;

  const operations = sizes.map(({ rows, inner, columns, times }) => 2 * rows * inner * columns * times);
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const byRound = samples.step.map((stepMillis, round) => {
    const millis = sum(operations.map((count, index) => count / samples[String(index)][round] / FLOPS_PER_MILLI));
    const rate = sum(operations) / millis / FLOPS_PER_MILLI;
    return { stepRate: flops / stepMillis / FLOPS_PER_MILLI, rate, share: flops / (rate * FLOPS_PER_MILLI) / stepMillis };
  });
  return {
    products: {
      encoder, runs_on: runsOn, step_flops: flops,
      step_millis: summarize(samples.step),
      sizes: sizes.map((size, index) => ({ ...size, gflops: summarize(samples[String(index)]) })),
      product_gflops: summarize(byRound.map(({ rate }) => rate)),
      step_gflops: summarize(byRound.map(({ stepRate }) => stepRate)),
      share: summarize(byRound.map(({ share }) => share)),
    },
  };
};
