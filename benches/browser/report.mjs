// results.json to docs/benchmarks.md and its plots: `node benches/browser/report.mjs results.json docs/benchmarks.md`.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { CONTESTANTS } from "./config.mjs";
import { membersPlot, stepsPlot } from "./plots.mjs";

const NETS = {
  cnn: "CNN: two convolutions over time, kernel 5, mean over time",
  gru: "GRU: 30 steps, last state",
  lstm: "LSTM: 30 steps, last state",
};

const number = (value, digits = 3) => {
  if (value >= 10 ** digits) return String(Math.round(value));
  return String(Number(value.toPrecision(digits)));
};

/** `17 (16–19)`: the median, with the least and the most. */
const spread = (summary, unit = "", digits = 3) => {
  if (!summary) return "–";
  const [median, min, max] = [summary.median, summary.min, summary.max].map((value) => number(value, digits) + unit);
  return min === max ? median : `${median} (${min}–${max})`;
};

const table = (heads, rows, numeric = heads.map((_, index) => index > 0)) => [
  `| ${heads.join(" | ")} |`,
  `| ${numeric.map((right) => (right ? "---:" : "---")).join(" | ")} |`,
  ...rows.map((row) => `| ${row.join(" | ")} |`),
].join("\n");

const backendOf = (id) => CONTESTANTS.find((contestant) => contestant.id === id)?.backend;

/** Says so where a figure comes from a GPU that a processor imitates. */
const nameIn = ({ webgpu, webgl }) => ({ id, name }) => {
  const device = { webgpu, webgl }[backendOf(id)];
  return device?.software ? `${name} (software)` : name;
};

const machine = ({ environment, versions, config }) => {
  const { webgpu, webgl } = environment;
  const gpu = webgpu && [webgpu.vendor, webgpu.architecture, webgpu.device, webgpu.description].filter(Boolean).join(" ");
  const isolated = environment.cross_origin_isolated
    ? "yes: libraries that can use threads do"
    : "no, as on any ordinary static host: no shared memory, so one thread for everyone";
  return table(["", ""], [
    ["Date", environment.date.slice(0, 10)],
    ["Browser", environment.browser],
    ["Processor", `${environment.cpu}, ${environment.cores} cores, ${environment.memory_gib} GiB, ${environment.platform}`],
    ["WebGPU", webgpu ? `${gpu}${webgpu.software ? ", **in software**" : ""}` : "none"],
    ["WebGL", webgl ? `${webgl.renderer}${webgl.software ? ", **in software**" : ""}` : "none"],
    ["Cross-origin isolated", isolated],
    ["Peers", Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ")],
    ["Rounds", `${config.timing.rounds}; ${config.timing.slow_rounds} for a step of more than ${config.timing.slow_millis / 1000} s`],
    ["Command", `\`${config.command}\``],
  ], [false, false]);
};

const SOFTWARE = `
Rows marked *(software)* ran on a GPU that the processor imitates. They say that the code runs and how many launches it
makes, and nothing about the speed of a GPU.
`;

const refusals = (entries) => {
  const whole = entries.filter(({ refused }) => refused).map(({ name, refused }) => `- ${name} took no part: ${refused}.`);
  const forms = entries.filter(({ refused }) => !refused).flatMap(({ name, forms }) =>
    forms.filter(({ refused }) => refused).map(({ form, refused }) => `- ${name}, written as *${form}*, cannot run: ${refused}.`));
  return [...whole, ...forms].join("\n");
};

const others = (entries) => {
  const slower = (entry) => entry.forms.filter(({ form, step_millis: millis }) => millis && form !== entry.form);
  const told = entries.filter((entry) => entry.millis && slower(entry).length > 0).map((entry) =>
    `${entry.name}: ${slower(entry).map(({ form, step_millis: millis }) => `*${form}* ${number(millis)} ms`).join(", ")}`);
  return told.length > 0 ? `Other ways of writing it, best step while warming up: ${told.join("; ")}.` : "";
};

const stepsOf = (net, entries, named) => {
  const bases = ["ours-cpu", "ours-webgpu"].filter((base) => entries.some(({ id, millis }) => id === base && millis));
  const heads = ["", "written as", "runs on", "ms a step", ...bases.map((base) => `times ours, ${base === "ours-cpu" ? "CPU" : "WebGPU"}`)];
  const rows = entries.filter(({ millis }) => millis).map((entry) => [
    named(entry), entry.form, entry.runs_on, spread(entry.millis),
    ...bases.map((base) => (entry.id === base ? "1" : spread(entry.ratios[base]))),
  ]);
  return [`### ${NETS[net]}`, table(heads, rows, heads.map((_, index) => index > 2)), others(entries), refusals(entries)].filter(Boolean).join("\n\n");
};

const steps = ({ steps: nets, environment, config }) => {
  const { batch, window, features, hidden } = config.size;
  const named = nameIn(environment);
  return `
## A training step

Batches of ${batch} windows of ${window} × ${features}, ${hidden} hidden units, both heads, the weighted loss, its gradient and Adam.
Figures are medians with the least and the most in parentheses. Ratios are taken within a round and then summarized, so
above 1 is slower than ours. *Per-task gradients* is what the instrument itself runs: both tasks' gradients, kept apart,
which no peer computes here.

![Time of one training step by library](benchmarks/steps.svg)

${Object.entries(nets).map(([net, entries]) => stepsOf(net, entries, named)).join("\n\n")}
`;
};

const dispatches = ({ dispatches: nets }) => {
  const ids = CONTESTANTS.filter(({ id }) => Object.values(nets).some((counts) => id in counts));
  const fewest = (forms) => forms?.toSorted((a, b) => a.dispatches - b.dispatches)[0];
  const cell = (found) => (found ? `${number(found.dispatches, 4)} / ${number(found.submits, 4)} (${found.form})` : "–");
  const rows = ids.map(({ id, name }) => [name, ...Object.values(nets).map((counts) => cell(fewest(counts[id])))]);
  return `
## Launches a step on WebGPU

Compute dispatches / queue submissions of one training step, in the way of writing the net (in parentheses) that makes
the fewest. On a GPU, nets this small mostly wait for their launches, not for arithmetic. Unlike times, these counts do not
depend on the machine.

${table(["", ...Object.keys(nets).map((net) => net.toUpperCase())], rows)}
`;
};

const curveName = ({ encoder, backend }) => `${encoder.toUpperCase()}, ${backend === "cpu" ? "CPU" : "WebGPU"}`;

const members = ({ members: curves }) => `
## Members

A run trains several members in lockstep. What more of them cost, in Lambdascope:

![Time of one training step by number of members](benchmarks/members.svg)

${curves.map((curve) => `### ${curveName(curve)}\n\n${table(
    ["members", "ms a step", "times one member", "ms a step and member"],
    curve.rows.map(({ members, millis, ratio, refused }) => (millis
      ? [members, spread(millis), spread(ratio), number(millis.median / members)]
      : [members, refused ?? "–", "–", "–"])),
    [true, true, true, true],
  )}`).join("\n\n")}
`;

const products = ({ products: found }) => `
## How much of a step is matrix products

One step of the ${found.encoder.toUpperCase()} takes ${number(found.step_flops / 1e6)} million floating-point operations and
${spread(found.step_millis, " ms")}: ${spread(found.step_gflops)} GFLOP/s. Its matrix product, at the sizes of this
step, reaches ${spread(found.product_gflops)} GFLOP/s. At that rate the
step's operations take ${spread({ median: 100 * found.share.median, min: 100 * found.share.min, max: 100 * found.share.max }, " %")} of
its time; the rest is everything else.

${table(
    ["product", "rows × inner × columns", "times a step", "GFLOP/s"],
    found.sizes.map(({ what, rows, inner, columns, times, gflops }) => [what, `${rows} × ${inner} × ${columns}`, times, spread(gflops)]),
    [false, true, true, true],
  )}
`;

const summary = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], min: sorted[0], max: sorted.at(-1) };
};

const NATIVE_NAMES = {
  "Lambdascope Combined": "Lambdascope", "Lambdascope PerTask": "Lambdascope, per-task gradients", "PyTorch Combined": "PyTorch",
};

const native = ({ native: { rounds, pytorch, nets } }) => {
  const rows = Object.keys(NATIVE_NAMES).filter((name) => Object.values(nets).some((samples) => samples[name])).map((name) => [
    NATIVE_NAMES[name],
    ...Object.values(nets).flatMap((samples) => {
      const torch = samples["PyTorch Combined"];
      const share = torch && samples[name].map((millis, round) => millis / torch[round]);
      return [spread(summary(samples[name])), share ? spread(summary(share)) : "–"];
    }),
  ]);
  const heads = ["ms a step", ...Object.keys(nets).flatMap((net) => [net.toUpperCase(), "of PyTorch's"])];
  return `
## Natively

The same step in a native program (\`cargo bench --bench step\`), one thread, ${rounds} rounds; ${pytorch
    ? `beside it PyTorch ${pytorch} on one thread of the same processor (\`benches/pytorch.py\`)`
    : "PyTorch was not installed"}. Shares are taken round by round; below 1 is quicker than PyTorch.

${table(heads, rows)}
`;
};

const kilobytes = (bytes) => (bytes >= 1e6 ? `${number(bytes / 1e6)} MB` : `${number(bytes / 1e3)} kB`);

const opening = ({ opening: { first_step_millis: first, refused, sizes } }) => `
## Opening the page

${first
    ? `From navigation to the first training step, in ${first.values.length} profiles that had never seen the page, served from the same machine: **${spread(first, " ms")}**.`
    : `The page took no step: ${refused}.`}

${table(
    ["", "files", "raw", "gzip -9", "Brotli 11"],
    sizes.map(({ group, files, raw, gzip, brotli }) => [group, files, kilobytes(raw), kilobytes(gzip), kilobytes(brotli)]),
  )}
`;

const HOW = `
## How it is measured

All contestants run in one browser, each in its own tab, one at a time and in front. Each peer's net is first trained for
eight steps on reference figures computed by PyTorch and refused when a loss is off by more than 0.0001. Where a library
lets a net be written in several ways, all are tried and the fastest is timed; the column *written as* names it. After
warming up, a sample is as many steps as take a fifth of a second (at least one), ended by waiting for the device. In
every round each contestant takes one sample, in an order that rotates. Slow contestants sit out the later rounds. The
peers train on one batch that already lies on the device; ours is handed its batch anew at each step. \`benches/browser/\` holds the code.
`;

const SECTIONS = { steps, dispatches, members, products, native, opening };

const markdown = (results) => [
  "# Benchmarks\n\nWritten by the benchmark itself; run it again to see your own machine.\n",
  machine(results),
  results.environment.webgpu?.software || results.environment.webgl?.software ? SOFTWARE : "",
  ...Object.entries(SECTIONS).filter(([name]) => results[name]).map(([, write]) => write(results)),
  HOW,
].map((part) => part.trim()).filter(Boolean).join("\n\n").replaceAll(/\n{3,}/g, "\n\n");

const plots = ({ steps: nets, members: curves, environment }) => {
  const named = nameIn(environment);
  const drawn = {};
  const panels = Object.entries(nets ?? {}).map(([net, entries]) => ({
    title: NETS[net],
    rows: entries.filter(({ millis }) => millis).sort((a, b) => a.millis.median - b.millis.median)
      .map((entry) => ({ name: named(entry), ours: entry.id.startsWith("ours"), millis: entry.millis })),
  })).filter(({ rows }) => rows.length > 0);
  if (panels.length > 0) drawn["steps.svg"] = stepsPlot(panels);
  const lines = (curves ?? []).map((curve) => ({ name: curveName(curve), rows: curve.rows.filter(({ millis }) => millis) }))
    .filter(({ rows }) => rows.length > 0);
  if (lines.length > 0) drawn["members.svg"] = membersPlot(lines);
  return drawn;
};

const [source, target] = process.argv.slice(2);
if (!source || !target) {
  process.stderr.write("Usage: node benches/browser/report.mjs results.json docs/benchmarks.md\n");
  process.exit(2);
}
const results = JSON.parse(await readFile(source, "utf8"));
const folder = join(dirname(target), "benchmarks");
await mkdir(folder, { recursive: true });
await writeFile(target, `${markdown(results)}\n`);
for (const [name, drawing] of Object.entries(plots(results))) await writeFile(join(folder, name), drawing);
