// The nets in TensorFlow.js. Where a net can be written in more than one way, every way is here by name ("form"): the
// benchmark tries them and goes on with the fastest that runs on the backend.

/** The window's copies shifted by each tap, zeros where a tap reaches out of `[batch, time, inputs]`. */
const shifted = (x, taps) => {
  const [batch, time, inputs] = x.shape;
  const margin = (taps - 1) / 2;
  const wide = tf.pad(x, [[0, 0], [margin, margin], [0, 0]]);
  return Array.from({ length: taps }, (_, tap) => tf.slice(wide, [0, tap, 0], [batch, time, inputs]));
};

/** The shifted copies side by side, `[batch · time, taps · inputs]` (im2col). */
const unfolded = (x, taps) => {
  const [batch, time, inputs] = x.shape;
  return tf.reshape(tf.concat(shifted(x, taps), 2), [batch * time, taps * inputs]);
};

const flat = (weight) => {
  const [taps, inputs, outputs] = weight.shape;
  return tf.reshape(weight, [taps * inputs, outputs]);
};

const conv = (x, weight, bias) => tf.relu(tf.add(tf.conv1d(x, weight, 1, "same"), bias));

/** A convolution as one matrix product. */
const unfold = (x, weight, bias) => {
  const product = tf.fused.matMul({ a: unfolded(x, weight.shape[0]), b: flat(weight), bias });
  return tf.reshape(tf.relu(product), [...x.shape.slice(0, 2), -1]);
};

/** A convolution as the sum of one matrix product a tap. */
const taps = (x, weight, bias) => {
  const [count, inputs] = weight.shape;
  const slices = tf.unstack(weight);
  const products = shifted(x, count).map((copy, tap) => tf.matMul(tf.reshape(copy, [-1, inputs]), slices[tap]));
  return tf.reshape(tf.relu(tf.add(tf.addN(products), bias)), [...x.shape.slice(0, 2), -1]);
};

/**
 * As `unfold`, with the way back written out: the input's gradient is a convolution of its own, with the kernel turned
 * around, in place of five paddings and their sum.
 */
const unfoldWithGradient = (x, weight, bias, layer) => {
  const [taps, inputs, outputs] = weight.shape;
  const product = tf.customGrad((weight, bias, ...rest) => {
    // The first layer's input is data: it comes by the closure and has no gradient.
    const rows = unfolded(rest.length > 1 ? rest[0] : x, taps);
    const save = rest.at(-1);
    save([rows, weight]);
    const gradFunc = (dy, [rows, weight]) => {
      const gradients = [tf.reshape(tf.matMul(rows, dy, true), weight.shape), tf.sum(dy, 0)];
      if (layer === 0) return gradients;
      const turned = tf.reshape(tf.transpose(tf.reverse(weight, 0), [0, 2, 1]), [taps * outputs, inputs]);
      const cotangents = unfolded(tf.reshape(dy, [...x.shape.slice(0, 2), outputs]), taps);
      return [...gradients, tf.reshape(tf.matMul(cotangents, turned), x.shape)];
    };
    return { value: tf.fused.matMul({ a: rows, b: flat(weight), bias }), gradFunc };
  });
  const result = layer === 0 ? product(weight, bias) : product(weight, bias, x);
  return tf.reshape(tf.relu(result), [...x.shape.slice(0, 2), outputs]);
};

/** A convolution with two axes of length one more: the one whose gradients the wasm backend has. */
const conv3d = (x, weight, bias) => {
  const [taps, inputs, outputs] = weight.shape;
  const [batch, time] = x.shape;
  const volume = tf.reshape(x, [batch, 1, 1, time, inputs]);
  const product = tf.conv3d(volume, tf.reshape(weight, [1, 1, taps, inputs, outputs]), 1, "same");
  return tf.relu(tf.add(tf.reshape(product, [batch, time, outputs]), bias));
};

const cnn = (layer) => ({
  order: "batch",
  encode: ({ w0, b0, w1, b1 }, x) => tf.mean(layer(layer(x, w0, b0, 0), w1, b1, 1), 1),
});

/** Columns of groups of gates; one group is left as it is, since a split into one part has no gradient here. */
const columns = (x, widths) => (widths.length === 1 ? [x] : tf.split(x, widths, x.rank - 1));

/**
 * The input's product, step by step and gate group by gate group: `inputs(time)[group]` is `[batch, width]`.
 * "hoisted" takes it for all steps at once, "stepwise" at each step.
 */
const inputProducts = {
  hoisted: (x, { w, b }, { window, widths }) => {
    const all = tf.reshape(tf.fused.matMul({ a: x, b: w, bias: b }), [window, -1, w.shape[1]]);
    const groups = columns(all, widths).map((group) => tf.unstack(group));
    return (time) => groups.map((group) => group[time]);
  },
  stepwise: (x, { w, b }, { window, widths }) => {
    const steps = tf.split(x, window);
    return (time) => columns(tf.fused.matMul({ a: steps[time], b: w, bias: b }), widths);
  },
};

const gru = (products) => ({
  order: "time",
  encode: (weights, x, { window }) => {
    const { u, c } = weights;
    const hidden = u.shape[0];
    const widths = [2 * hidden, hidden];
    const inputs = products(x, weights, { window, widths });
    let state = tf.zeros([x.shape[0] / window, hidden]);
    for (let time = 0; time < window; time += 1) {
      const [gatesIn, candidateIn] = inputs(time);
      const [gates, recurrent] = tf.split(tf.fused.matMul({ a: state, b: u, bias: c }), widths, 1);
      const [reset, update] = tf.split(tf.sigmoid(tf.add(gatesIn, gates)), 2, 1);
      const candidate = tf.tanh(tf.add(candidateIn, tf.mul(reset, recurrent)));
      state = tf.add(candidate, tf.mul(update, tf.sub(state, candidate)));
    }
    return state;
  },
});

const lstm = (products) => ({
  order: "time",
  encode: (weights, x, { window }) => {
    const { u, c } = weights;
    const hidden = u.shape[0];
    const inputs = products(x, weights, { window, widths: [4 * hidden] });
    let state = tf.zeros([x.shape[0] / window, hidden]);
    let cell = state;
    for (let time = 0; time < window; time += 1) {
      const all = tf.add(inputs(time)[0], tf.fused.matMul({ a: state, b: u, bias: c }));
      const [gates, candidate] = tf.split(all, [3 * hidden, hidden], 1);
      const [input, forget, output] = tf.split(tf.sigmoid(gates), 3, 1);
      cell = tf.add(tf.mul(forget, cell), tf.mul(input, tf.tanh(candidate)));
      state = tf.mul(output, tf.tanh(cell));
    }
    return state;
  },
});

const recurrent = (net) => ({ hoisted: net(inputProducts.hoisted), stepwise: net(inputProducts.stepwise) });

/** Every net in every form. `order` says how the windows lie: batch outermost, or time. */
export const nets = {
  cnn: {
    conv: cnn(conv), unfold: cnn(unfold), "unfold with its gradient": cnn(unfoldWithGradient), taps: cnn(taps),
    conv3d: cnn(conv3d),
  },
  gru: recurrent(gru),
  lstm: recurrent(lstm),
};
