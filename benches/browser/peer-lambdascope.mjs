// Lambdascope: the modules that wasm-bindgen makes, one with the CPU backend alone and one with WebGPU.

let open;

/** Loads the module; returns what it will run on. */
export const start = async (backend) => {
  const module = await import(backend === "cpu" ? "/worker/bench.js" : "/worker/bench_webgpu.js");
  await module.default();
  open = module.open;
  return backend === "cpu" ? "wasm, SIMD, one thread" : backend;
};

/** Lambdascope has one way of writing each net. */
export const forms = () => ["fused"];

/** One run; it draws its own weights and batches. `steps` returns when all of them are really done. */
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
