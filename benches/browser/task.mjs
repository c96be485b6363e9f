// The task that every library trains: what the nets are made of, their first weights, a batch, and how a case of
// reference figures turns into both. No library is used here, so that all start alike.
//
// Weights lie in rows of inputs, `[inputs, outputs]`, convolutions `[taps, inputs, outputs]`. Both heads are one product,
// RUL in the first column and the classes in the others. The LSTM's gates stand in the order input, forget, output,
// candidate, so that one sigmoid covers three of them.

export const CLASSES = 3;

/** Weight of the RUL loss in the sum; the rest is the cross-entropy's. */
export const LAMBDA_RUL = 0.5;

export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

const GATES = { gru: 3, lstm: 4 };

const encoderShapes = (net, { features, hidden, kernel }) => {
  if (net === "cnn") {
    return { w0: [kernel, features, hidden], b0: [hidden], w1: [kernel, hidden, hidden], b1: [hidden] };
  }
  const width = GATES[net] * hidden;
  return { w: [features, width], u: [hidden, width], b: [width], c: [width] };
};

/** Every parameter's shape, by name. */
export const shapes = (net, size) => ({
  ...encoderShapes(net, size),
  head: [size.hidden, 1 + CLASSES],
  headBias: [1 + CLASSES],
});

/** A small generator (mulberry32): the same numbers in every library and on every run. */
const generator = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

const count = (shape) => shape.reduce((product, length) => product * length, 1);

/** Uniform first weights within one over the root of the inputs, as PyTorch draws them. */
export const randomWeights = (net, size, seed = 1) => {
  const random = generator(seed);
  return Object.fromEntries(Object.entries(shapes(net, size)).map(([name, shape]) => {
    const bound = 1 / Math.sqrt(shape.length > 1 ? count(shape) / shape.at(-1) : size.hidden);
    return [name, { shape, values: Float32Array.from({ length: count(shape) }, () => (2 * random() - 1) * bound) }];
  }));
};

const oneHot = (classes) => {
  const values = new Float32Array(classes.length * CLASSES);
  classes.forEach((health, row) => { values[row * CLASSES + health] = 1; });
  return values;
};

/** Windows `[batch, time, features]`, RUL fractions `[batch]` and classes, one-hot `[batch, 3]`. */
export const randomBatch = ({ batch, window, features }, seed = 2) => {
  const random = generator(seed);
  const rul = Float32Array.from({ length: batch }, random);
  return {
    batch, window, features, rul,
    windows: Float32Array.from({ length: batch * window * features }, () => 2 * random() - 1),
    health: oneHot([...rul].map((fraction) => (fraction > 0.64 ? 0 : fraction > 0.24 ? 1 : 2))),
  };
};

/** The windows of a batch with time outermost, `[time, batch, features]`, as the recurrent nets want them. */
export const timeMajor = ({ windows, batch, window, features }) => {
  const turned = new Float32Array(windows.length);
  for (let row = 0; row < batch; row += 1) {
    for (let time = 0; time < window; time += 1) {
      const from = (row * window + time) * features;
      turned.set(windows.subarray(from, from + features), (time * batch + row) * features);
    }
  }
  return turned;
};

/** `[outputs][inputs]` to rows of inputs. */
const transposed = (rows) => rows[0].map((_, input) => rows.map((row) => row[input]));

/** PyTorch's gates input, forget, candidate, output to input, forget, output, candidate. */
const reordered = (net, rows) => {
  if (net !== "lstm") return rows;
  const hidden = rows.length / 4;
  return [...rows.slice(0, 2 * hidden), ...rows.slice(3 * hidden), ...rows.slice(2 * hidden, 3 * hidden)];
};

const oracleEncoder = (net, weights) => {
  if (net === "cnn") {
    // [outputs][inputs][taps] to [taps][inputs][outputs].
    const taps = (name) => weights[name][0][0].map((_, tap) => transposed(weights[name].map((row) => row.map((of) => of[tap]))));
    return {
      w0: taps("enc.0.weight"), b0: weights["enc.0.bias"], w1: taps("enc.1.weight"), b1: weights["enc.1.bias"],
    };
  }
  const gates = (name) => reordered(net, weights[name]);
  return {
    w: transposed(gates("enc.weight_ih_l0")), u: transposed(gates("enc.weight_hh_l0")),
    b: gates("enc.bias_ih_l0"), c: gates("enc.bias_hh_l0"),
  };
};

/** A case of reference figures as sizes, weights and a batch. */
export const fromOracle = ({ encoder: net, weights, x, rul_target: rul, health_target: classes }) => {
  const size = {
    features: x[0][0].length, hidden: weights["rul.weight"][0].length, kernel: weights["enc.0.weight"]?.[0][0].length,
  };
  const nested = {
    ...oracleEncoder(net, weights),
    head: transposed([...weights["rul.weight"], ...weights["health.weight"]]),
    headBias: [...weights["rul.bias"], ...weights["health.bias"]],
  };
  const named = Object.entries(shapes(net, size)).map(([name, shape]) =>
    [name, { shape, values: Float32Array.from(nested[name].flat(Infinity)) }]);
  const batch = {
    batch: x.length, window: x[0].length, features: size.features,
    windows: Float32Array.from(x.flat(2)), rul: Float32Array.from(rul), health: oneHot(classes),
  };
  return { net, size, weights: Object.fromEntries(named), batch };
};
