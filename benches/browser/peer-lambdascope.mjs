// Our own engine: the module that wasm-bindgen makes, plain or with relaxed SIMD where the browser has it.

/** A function whose body is one `f32x4.relaxed_madd`: valid only where relaxed SIMD is. */
const RELAXED_SIMD = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // magic, version
  0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b, 0x01, 0x7b, // type: (v128, v128, v128) -> v128
  0x03, 0x02, 0x01, 0x00, // one function of that type
  0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfd, 0x85, 0x02, 0x0b, // its body
);

const exists = async (url) => (await fetch(url, { method: "HEAD" })).ok;

let open;

/** Loads the engine; returns what it will run on. */
export const start = async (backend) => {
  const relaxed = WebAssembly.validate(RELAXED_SIMD) && (await exists("/engine/bench_relaxed.js"));
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
