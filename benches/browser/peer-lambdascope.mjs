// Our own engine: the module that wasm-bindgen makes, plain or with relaxed SIMD where the browser has it.
import { hasRelaxedSimd } from "./features.mjs";

const exists = async (url) => (await fetch(url, { method: "HEAD" })).ok;

let open;

/** Loads the engine; returns what it will run on. */
export const start = async (backend) => {
  const relaxed = hasRelaxedSimd() && (await exists("/engine/bench_relaxed.js"));
  const engine = await import(relaxed ? "/engine/bench_relaxed.js" : "/engine/bench.js");
  await engine.default();
  open = engine.open;
  return backend === "cpu" ? `wasm, ${relaxed ? "relaxed SIMD" : "SIMD"}, one thread` : backend;
};

/** The engine has one way of writing each net. */
export const forms = () => ["engine"];

/** One run of the engine; it draws its own weights and batches. `steps` returns when all of them are really done. */
export const create = async ({ net, backend, size, members = 1, gradients = "combined" }) => {
  const { batch, window, features, hidden } = size;
  const run = await open(JSON.stringify({ backend, encoder: net, members, batch, window, features, hidden, gradients }));
  let loss = NaN;
  return {
    steps: async (count) => { loss = await run.steps(count); },
    loss: () => loss,
    flops: () => run.step_flops(),
    rate: (rows, inner, columns, repetitions) => run.matmul_rate(rows, inner, columns, repetitions),
    free: () => run.free(),
  };
};
