// jax-js on one of its backends. A function of jax-js consumes its arguments: `.ref` keeps one for another use.
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";

import { hasRelaxedSimd } from "./features.mjs";
import { ADAM, CLASSES, LAMBDA_RUL, timeMajor } from "./task.mjs";
import { nets } from "./nets-jax.mjs";

/** Starts the backend; returns what it will run on. */
export const start = async (backend) => {
  const started = await init(backend);
  if (!started.includes(backend)) throw new Error(`jax-js should start its backend ${backend}`);
  defaultDevice(backend);
  if (backend !== "wasm") return backend;
  // The library uses relaxed SIMD wherever there is any, and threads exactly when the page can share memory.
  const threads = typeof SharedArrayBuffer === "undefined" ? 1 : navigator.hardwareConcurrency;
  return `wasm, ${hasRelaxedSimd() ? "relaxed SIMD" : "SIMD"}, ${threads > 1 ? `${threads} threads` : "one thread"}`;
};

export const forms = (net) => Object.keys(nets[net]);

const upload = ({ windows, batch, window, features, rul, health }, order) => {
  const x = order === "time"
    ? np.array(timeMajor({ windows, batch, window, features }), { shape: [window, batch, features] })
    : np.array(windows, { shape: [batch, window, features] });
  return {
    x: order === "channels" ? np.transpose(x, [0, 2, 1]) : x,
    rul: np.array(rul, { shape: [batch, 1] }),
    health: np.array(health, { shape: [batch, CLASSES] }),
  };
};

/** The two losses of a batch, as scalars. */
const taskLosses = (latent, head, headBias, { rul, health }) => {
  const rows = rul.shape[0];
  const [prediction, logits] = np.split(np.matmul(latent, head).add(headBias), [1], 1);
  const crossEntropy = health.mul(nn.logSoftmax(logits)).sum().mul(-1 / rows);
  return [np.square(prediction.sub(rul)).mean(), crossEntropy];
};

const zeros = (weights) =>
  Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, np.zeros(shape)]));

/** Adam, every parameter for itself. `power1` and `power2` are β₁ᵗ and β₂ᵗ. */
const adam = ({ parameters, first, second, power1, power2 }, gradients, rate) => {
  const { beta1, beta2, epsilon } = ADAM;
  const next = { parameters: {}, first: {}, second: {}, power1: power1.mul(beta1), power2: power2.mul(beta2) };
  const scale1 = np.reciprocal(np.subtract(1, next.power1.ref)).mul(rate);
  const scale2 = np.reciprocal(np.subtract(1, next.power2.ref));
  for (const [name, gradient] of Object.entries(gradients)) {
    next.first[name] = first[name].mul(beta1).add(gradient.ref.mul(1 - beta1));
    next.second[name] = second[name].mul(beta2).add(np.square(gradient).mul(1 - beta2));
    const spread = np.sqrt(next.second[name].ref.mul(scale2.ref)).add(epsilon);
    next.parameters[name] = parameters[name].sub(next.first[name].ref.mul(scale1.ref).div(spread));
  }
  tree.dispose([scale1, scale2]);
  return next;
};

/** One net in training. `step` queues a step; `finish` waits until all of them are really done. */
export const create = ({ net, form, weights, batch, rate }) => {
  const { order, encode } = nets[net][form];
  const data = upload(batch, order);
  const losses = (parameters, { x, ...targets }) => {
    const { head, headBias, ...encoder } = parameters;
    return taskLosses(encode(encoder, x), head, headBias, targets);
  };
  const weighted = (parameters, data) => {
    const [rul, health] = losses(parameters, data);
    return rul.mul(LAMBDA_RUL).add(health.mul(1 - LAMBDA_RUL));
  };
  // The loss, its gradients and Adam in one compiled function.
  const train = jit((state, data) => {
    const [loss, gradients] = valueAndGrad(weighted)(tree.ref(state.parameters), data);
    return [loss, adam(state, gradients, rate)];
  });
  const evaluate = jit((parameters, data) => np.stack(losses(parameters, data)));
  let state = {
    parameters: Object.fromEntries(
      Object.entries(weights).map(([name, { shape, values }]) => [name, np.array(values, { shape })]),
    ),
    first: zeros(weights), second: zeros(weights), power1: np.ones([]), power2: np.ones([]),
  };
  let before = Promise.resolve();
  return {
    // The library hands work to the device only when something is asked for, so each step's loss is asked for at once;
    // waiting for the step before keeps two steps in the queue and no more.
    step: async () => {
      const [loss, next] = train(state, tree.ref(data));
      state = next;
      const asked = loss.data();
      await before;
      before = asked;
    },
    finish: async () => {
      await before;
      await blockUntilReady(state.parameters);
      const [leaf] = tree.leaves(state.parameters);
      await leaf.ref.data();
    },
    losses: async () => [...(await evaluate(tree.ref(state.parameters), tree.ref(data)).data())],
    free: () => {
      tree.dispose([state, data]);
      train.dispose();
      evaluate.dispose();
    },
  };
};
