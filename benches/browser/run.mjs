// Runs the benchmarks and writes what was measured as JSON. `cargo xtask bench` sets the environment: CHROME,
// LAMBDASCOPE_NODE_TOOLS (holds node_modules), LAMBDASCOPE_BENCH_WORKER (holds bench.js), and for the section
// `opening` LAMBDASCOPE_DIST (the built site).
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { environment, folder, fromTools, launch } from "./browser.mjs";
import { configure } from "./config.mjs";
import { runMembers, runProducts } from "./ours.mjs";
import { runOpening } from "./opening.mjs";
import { serve } from "./server.mjs";
import { runSteps } from "./steps.mjs";

const HELP = `\
Usage: node benches/browser/run.mjs --out results.json [options]

  --config FILE        JSON that overrides the defaults of config.mjs, field by field
  --quick              a look in about a minute, to see that everything runs
  --only SECTIONS      of steps, dispatches, members, products, opening
  --nets NETS          of cnn, gru, lstm
  --contestants IDS    of those in config.mjs
  --oracles FOLDER     reference figures that the peers' nets are checked against [tests/oracles]
`;

const PACKAGES = ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm", "@tensorflow/tfjs-backend-webgpu", "@jax-js/jax"];

const here = dirname(fileURLToPath(import.meta.url));

const tell = (text) => process.stderr.write(`bench: ${text}\n`);

const words = (text) => text?.split(",").filter(Boolean);

const options = () => {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean" }, quick: { type: "boolean" },
      config: { type: "string" }, out: { type: "string" }, only: { type: "string" }, nets: { type: "string" },
      contestants: { type: "string" }, oracles: { type: "string", default: resolve(here, "../../tests/oracles") },
    },
  });
  return { ...values, only: words(values.only), nets: words(values.nets), contestants: words(values.contestants) };
};

const versions = async () => {
  const modules = join(folder("LAMBDASCOPE_NODE_TOOLS"), "node_modules");
  const read = async (name) => [name, JSON.parse(await readFile(join(modules, name, "package.json"), "utf8")).version];
  return Object.fromEntries(await Promise.all(PACKAGES.map(read)));
};

/** The sections in order; each is written out as soon as it is done, so that little is lost when one fails. */
const measure = async (tools, config, save) => {
  const wants = (...names) => names.some((name) => config.sections.includes(name));
  const sections = [
    [wants("steps", "dispatches"), runSteps],
    [wants("members"), runMembers],
    [wants("products"), runProducts],
    [wants("opening") && tools.dist, runOpening],
  ];
  if (wants("opening") && !tools.dist) tell("opening is left out: LAMBDASCOPE_DIST should name the built site");
  let whole = true;
  for (const [wanted, section] of sections) {
    if (!wanted) continue;
    try {
      await save(await section(tools));
    } catch (error) {
      whole = false;
      tell(`${section.name} failed: ${error.message}`);
    }
  }
  return whole;
};

const main = async () => {
  const { help, config: file, out, oracles, ...selection } = options();
  if (help || !out) {
    process.stdout.write(HELP);
    return Boolean(help);
  }
  const config = configure(file ? JSON.parse(await readFile(file, "utf8")) : {}, selection);
  fromTools();
  const mounts = {
    "/bench/": here, "/worker/": folder("LAMBDASCOPE_BENCH_WORKER"),
    "/node_modules/": join(folder("LAMBDASCOPE_NODE_TOOLS"), "node_modules"),
  };
  const server = await serve(mounts, { isolated: config.isolated });
  const browser = await launch(config.browser_arguments);
  try {
    const context = await browser.newContext();
    const results = { environment: await environment(browser, context, server.url), versions: await versions(), config };
    const save = async (section) => {
      Object.assign(results, section);
      await writeFile(out, `${JSON.stringify(results, null, 1)}\n`);
    };
    const dist = process.env.LAMBDASCOPE_DIST && resolve(process.env.LAMBDASCOPE_DIST);
    return await measure({ browser, context, url: server.url, config, oracles, dist, tell }, config, save);
  } finally {
    await browser.close();
    server.close();
  }
};

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  tell(error.message);
  process.exitCode = 1;
}
