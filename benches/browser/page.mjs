// One contestant's tab: one library on one backend. The harness calls `bench` from outside; the clock runs in here, so
// that nothing of the harness is timed.
import { fromOracle, randomBatch, randomWeights } from "./task.mjs";

/** Steps of a check, and how far a loss may be from the reference. */
const CHECK_STEPS = 8;
const TOLERANCE = 1e-4;

let library;
let backend;
let peer;
let run;

const start = async (contestant) => {
  ({ library, backend } = contestant);
  peer = await import(`./peer-${library}.mjs`);
  return peer.start(backend);
};

/**
 * Trains a case of reference figures for a few steps and compares both losses before each: that covers the net, its
 * gradients and the optimizer. Returns the largest difference; throws past the tolerance.
 */
const check = async (oracle, form) => {
  // Lambdascope draws its own weights; the repository's tests hold it against the same figures.
  if (library === "lambdascope") return null;
  const expected = oracle["adam_lr0.01_losses"]["fixed_0.5"];
  const net = await peer.create({ ...fromOracle(oracle), form, rate: 0.01 });
  let largest = 0;
  for (const [step, losses] of expected.slice(0, CHECK_STEPS).entries()) {
    const found = await net.losses();
    const difference = Math.max(...losses.map((loss, task) => Math.abs(loss - found[task])));
    if (!(difference <= TOLERANCE)) {
      const [want, have] = [losses, found].map((pair) => pair.map((loss) => loss.toFixed(6)).join(" and "));
      throw new Error(`the losses at step ${step} should be ${want}, found ${have}`);
    }
    largest = Math.max(largest, difference);
    await net.step();
  }
  await net.finish();
  net.free();
  return largest;
};

const open = async ({ net, form, size, rate, ...options }) => {
  run?.free();
  run = undefined;
  run = await peer.create({
    net, form, size, rate, backend, ...options,
    ...(library === "lambdascope" ? {} : { weights: randomWeights(net, size), batch: randomBatch(size) }),
  });
};

const advance = async (count) => {
  if (run.steps) return run.steps(count);
  for (let step = 0; step < count; step += 1) {
    // Some libraries return a promise from a step, most do not; waiting for none keeps the loop free of turns.
    const queued = run.step();
    if (queued?.then) await queued;
  }
  return run.finish();
};

/** Milliseconds that `count` steps take, all of them finished on the device. */
const sample = async (count) => {
  const begin = performance.now();
  await advance(count);
  return performance.now() - begin;
};

/** Whether the last loss is a number: a net that runs into NaN is not training. */
const finite = async () => {
  const losses = run.losses ? await run.losses() : [run.loss()];
  return losses.every(Number.isFinite);
};

const sent = async (steps) => {
  const before = { ...globalThis.gpuCounts };
  await advance(steps);
  const { dispatches, submits } = globalThis.gpuCounts;
  return { dispatches: dispatches - before.dispatches, submits: submits - before.submits };
};

/** What one step sends to the GPU: twice the steps less once, so that the final wait and its copies do not count. */
const count = async (steps) => {
  const once = await sent(steps);
  const twice = await sent(2 * steps);
  const perStep = (counter) => (twice[counter] - once[counter]) / steps;
  return { dispatches: perStep("dispatches"), submits: perStep("submits") };
};

globalThis.bench = {
  start, check, open, sample, finite, count,
  forms: (net) => peer.forms(net),
  flops: () => run.flops(),
  rate: (...size) => run.rate(...size),
};
