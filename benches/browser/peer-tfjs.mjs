// TensorFlow.js on one of its backends. The packages' own bundles put `tf` on the page.
import { ADAM, CLASSES, LAMBDA_RUL, timeMajor } from "./task.mjs";
import { nets } from "./nets-tfjs.mjs";

const BUNDLES = {
  wasm: "@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js",
  webgpu: "@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.es2017.min.js",
};

const loadScript = (path) =>
  new Promise((loaded, failed) => {
    const script = document.createElement("script");
    script.src = `/node_modules/${path}`;
    script.onload = loaded;
    script.onerror = () => failed(new Error(`${path} should load`));
    document.head.append(script);
  });

/** Loads the library and switches it to the backend; returns what it will run on. */
export const start = async (backend) => {
  await loadScript("@tensorflow/tfjs/dist/tf.es2017.min.js");
  if (BUNDLES[backend]) await loadScript(BUNDLES[backend]);
  tf.enableProdMode();
  if (backend === "wasm") tf.wasm.setWasmPaths("/node_modules/@tensorflow/tfjs-backend-wasm/dist/");
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js should start its backend ${backend}`);
  await tf.ready();
  return describe(backend);
};

const describe = async (backend) => {
  if (backend !== "wasm") return backend;
  const [simd, threads] = await Promise.all(
    ["WASM_HAS_SIMD_SUPPORT", "WASM_HAS_MULTITHREAD_SUPPORT"].map((flag) => tf.env().getAsync(flag)),
  );
  const count = threads ? tf.wasm.getThreadsCount() : 1;
  return `wasm, ${simd ? "SIMD" : "no SIMD"}, ${count > 1 ? `${count} threads` : "one thread"}`;
};

export const forms = (net) => Object.keys(nets[net]);

const upload = ({ windows, batch, window, features, rul, health }, order) => ({
  x: order === "time"
    ? tf.tensor(timeMajor({ windows, batch, window, features }), [window * batch, features])
    : tf.tensor(windows, [batch, window, features]),
  rul: tf.tensor(rul, [batch, 1]),
  health: tf.tensor(health, [batch, CLASSES]),
});

/** The two losses of a batch, as scalars. */
const taskLosses = (latent, { head, headBias }, { rul, health }) => {
  const [prediction, logits] = tf.split(tf.fused.matMul({ a: latent, b: head, bias: headBias }), [1, CLASSES], 1);
  const crossEntropy = tf.div(tf.sum(tf.mul(health, tf.logSoftmax(logits))), -health.shape[0]);
  return [tf.mean(tf.squaredDifference(prediction, rul)), crossEntropy];
};

/** One net in training. `step` queues a step; `finish` waits until all of them are really done. */
export const create = ({ net, form, weights, batch, rate }) => {
  const { order, encode } = nets[net][form];
  const { window } = batch;
  const data = upload(batch, order);
  const variables = Object.fromEntries(
    Object.entries(weights).map(([name, { shape, values }]) => [name, tf.variable(tf.tensor(values, shape))]),
  );
  const list = Object.values(variables);
  const losses = () => taskLosses(encode(variables, data.x, { window }), variables, data);
  const weighted = () => {
    const [rul, health] = losses();
    return tf.add(tf.mul(rul, LAMBDA_RUL), tf.mul(health, 1 - LAMBDA_RUL));
  };
  const optimizer = tf.train.adam(rate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  return {
    step: () => optimizer.minimize(weighted, false, list),
    // The queue runs in order: when the last parameter written can be read, everything before it is done.
    finish: async () => { await list.at(-1).data(); },
    losses: async () => {
      const both = tf.tidy(() => tf.stack(losses()));
      const values = await both.data();
      both.dispose();
      return [...values];
    },
    free: () => {
      optimizer.dispose();
      tf.dispose([list, Object.values(data)]);
    },
  };
};
