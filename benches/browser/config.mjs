// What is run, and how long. Everything here can be overridden by a JSON file of the same shape (`--config`).

/** Every contestant; `ours` marks those that the others are compared with. */
export const CONTESTANTS = [
  { id: "ours-cpu", name: "Lambdascope, CPU", library: "lambdascope", backend: "cpu", ours: true },
  { id: "ours-cpu-per-task", name: "Lambdascope, CPU, per-task gradients", library: "lambdascope", backend: "cpu", gradients: "per-task" },
  { id: "ours-webgpu", name: "Lambdascope, WebGPU", library: "lambdascope", backend: "webgpu", ours: true },
  { id: "ours-webgpu-per-task", name: "Lambdascope, WebGPU, per-task gradients", library: "lambdascope", backend: "webgpu", gradients: "per-task" },
  { id: "tfjs-wasm", name: "TensorFlow.js, wasm", library: "tfjs", backend: "wasm" },
  { id: "tfjs-cpu", name: "TensorFlow.js, cpu (JavaScript)", library: "tfjs", backend: "cpu" },
  { id: "tfjs-webgl", name: "TensorFlow.js, WebGL", library: "tfjs", backend: "webgl" },
  { id: "tfjs-webgpu", name: "TensorFlow.js, WebGPU", library: "tfjs", backend: "webgpu" },
  { id: "jax-wasm", name: "jax-js, wasm", library: "jax", backend: "wasm" },
  { id: "jax-webgpu", name: "jax-js, WebGPU", library: "jax", backend: "webgpu" },
];

export const SECTIONS = ["steps", "dispatches", "members", "products", "opening"];

const DEFAULTS = {
  sections: SECTIONS,
  nets: ["cnn", "gru", "lstm"],
  contestants: CONTESTANTS.map(({ id }) => id),
  size: { batch: 64, window: 30, features: 14, hidden: 32, kernel: 5 },
  rate: 1e-3,
  timing: {
    rounds: 7,
    // A step this slow is sampled in the first rounds only: it costs a minute and moves by few per cent.
    slow_millis: 1000,
    slow_rounds: 3,
    sample_millis: 200,
    warm_millis: 2000,
    patience_millis: 300_000,
  },
  dispatches: { steps: 2 },
  members: { encoders: ["cnn", "gru"], counts: [1, 2, 4, 8, 16, 32, 64], rounds: 5, webgpu: false, webgpu_counts: [1, 4, 16, 32] },
  // The products of one step of the CNN and how often each is taken: rows × inner × columns.
  products: {
    encoder: "cnn",
    rounds: 5,
    repetitions: 20,
    sizes: [
      { what: "first convolution", rows: 1920, inner: 70, columns: 32, times: 1 },
      { what: "second convolution, forward and back to its input", rows: 1920, inner: 160, columns: 32, times: 2 },
      { what: "gradient of the second kernel", rows: 160, inner: 1920, columns: 32, times: 1 },
      { what: "gradient of the first kernel", rows: 70, inner: 1920, columns: 32, times: 1 },
    ],
  },
  opening: { profiles: 5 },
  // Cross-origin isolation gives the peers threads; a site on an ordinary static host does not have it.
  isolated: false,
  browser_arguments: [],
  command: "cargo xtask bench",
};

/** A look in about a minute, to see that everything runs. Its figures are not to be quoted. */
const QUICK = {
  sections: ["steps"],
  contestants: ["ours-cpu", "tfjs-wasm", "jax-wasm"],
  timing: { rounds: 3, slow_rounds: 1, warm_millis: 300 },
  command: "cargo xtask bench --quick",
};

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** Overrides field by field; a field that the defaults do not have is a slip. */
const merge = (base, over, path = "") => {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (!(key in base)) throw new Error(`the configuration should not hold \`${path}${key}\``);
    merged[key] = isObject(base[key]) ? merge(base[key], value, `${path}${key}.`) : value;
  }
  return merged;
};

const choose = (what, wanted, known) => {
  const stranger = wanted.find((name) => !known.includes(name));
  if (stranger !== undefined) throw new Error(`${what} should be among ${known.join(", ")}, found \`${stranger}\``);
  return wanted;
};

/** The configuration from what a file and the command line ask for. */
export const configure = (file = {}, { quick = false, only, nets, contestants } = {}) => {
  const config = merge(merge(DEFAULTS, quick ? QUICK : {}), file);
  config.sections = choose("--only", only ?? config.sections, SECTIONS);
  config.nets = choose("--nets", nets ?? config.nets, DEFAULTS.nets);
  config.contestants = choose("--contestants", contestants ?? config.contestants, DEFAULTS.contestants);
  return config;
};
