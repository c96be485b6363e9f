// The nets in jax-js, every way of writing one by name ("form"): the benchmark tries them and goes on with the fastest.
// Functions consume their arguments; `.ref` keeps one for another use.
import { lax, nn, numpy as np } from "@jax-js/jax";

/** Zeros before and after, so that a kernel of that many taps keeps the length of `[batch, time, inputs]`. */
const padded = (x, taps) => np.pad(x, [[0, 0], [(taps - 1) / 2, (taps - 1) / 2], [0, 0]]);

/** The window's copies shifted by each tap. */
const shifted = (x, taps) => {
  const time = x.shape[1];
  const wide = padded(x, taps);
  const copies = Array.from({ length: taps }, (_, tap) => wide.ref.slice([], [tap, tap + time], []));
  wide.dispose();
  return copies;
};

/** The library's convolution, channels before time. The weight `[taps, inputs, outputs]` is turned to its order. */
const conv = (x, weight, bias) => {
  const product = lax.conv(x, np.transpose(weight, [2, 1, 0]), [1], "SAME");
  return nn.relu(product.add(bias.reshape([1, -1, 1])));
};

/** A convolution as one matrix product over the shifted copies, side by side (im2col). */
const unfold = (x, weight, bias) => {
  const [taps, inputs, outputs] = weight.shape;
  const [batch, time] = x.shape;
  const rows = np.concatenate(shifted(x, taps), 2).reshape([batch * time, taps * inputs]);
  const product = np.matmul(rows, weight.reshape([taps * inputs, outputs]));
  return nn.relu(product.add(bias)).reshape([batch, time, outputs]);
};

/** A convolution as the sum of one matrix product a tap. */
const taps = (x, weight, bias) => {
  const [batch, time, inputs] = x.shape;
  const { shape: [count, , outputs] } = weight;
  const slices = np.unstack(weight);
  const products = shifted(x, count).map((copy, tap) => np.matmul(copy.reshape([batch * time, inputs]), slices[tap]));
  const sum = products.reduce((total, product) => total.add(product));
  return nn.relu(sum.add(bias)).reshape([batch, time, outputs]);
};

const cnn = (layer, order, timeAxis) => ({
  order,
  encode: ({ w0, b0, w1, b1 }, x) => layer(layer(x, w0, b0), w1, b1).mean(timeAxis),
});

/** The input's product at every step, `[batch, width]` each: taken at once ("hoisted") or one by one ("stepwise"). */
const inputProducts = {
  hoisted: (x, w, b) => {
    const [time, batch, features] = x.shape;
    const width = w.shape[1];
    return np.unstack(np.matmul(x.reshape([time * batch, features]), w).add(b).reshape([time, batch, width]));
  },
  stepwise: (x, w, b) => {
    const products = np.unstack(x).map((step) => np.matmul(step, w.ref).add(b.ref));
    w.dispose();
    b.dispose();
    return products;
  },
};

const gru = (products) => ({
  order: "time",
  encode: ({ w, u, b, c }, x) => {
    const hidden = u.shape[0];
    let state = np.zeros([x.shape[1], hidden]);
    for (const inputs of products(x, w, b)) {
      const [gatesIn, candidateIn] = np.split(inputs, [2 * hidden], 1);
      const [gates, recurrent] = np.split(np.matmul(state.ref, u.ref).add(c.ref), [2 * hidden], 1);
      const [reset, update] = np.split(nn.sigmoid(gatesIn.add(gates)), 2, 1);
      const candidate = np.tanh(candidateIn.add(reset.mul(recurrent)));
      state = candidate.ref.add(update.mul(state.sub(candidate)));
    }
    u.dispose();
    c.dispose();
    return state;
  },
});

const lstm = (products) => ({
  order: "time",
  encode: ({ w, u, b, c }, x) => {
    const hidden = u.shape[0];
    let state = np.zeros([x.shape[1], hidden]);
    let cell = np.zeros([x.shape[1], hidden]);
    for (const inputs of products(x, w, b)) {
      const all = inputs.add(np.matmul(state, u.ref)).add(c.ref);
      const [gates, candidate] = np.split(all, [3 * hidden], 1);
      const [input, forget, output] = np.split(nn.sigmoid(gates), 3, 1);
      cell = forget.mul(cell).add(input.mul(np.tanh(candidate)));
      state = output.mul(np.tanh(cell.ref));
    }
    cell.dispose();
    u.dispose();
    c.dispose();
    return state;
  },
});

const recurrent = (net) => ({ hoisted: net(inputProducts.hoisted), stepwise: net(inputProducts.stepwise) });

/** Every net in every form. `order` says how the windows lie: batch outermost, channels before time, or time outermost. */
export const nets = {
  cnn: { conv: cnn(conv, "channels", 2), unfold: cnn(unfold, "batch", 1), taps: cnn(taps, "batch", 1) },
  gru: recurrent(gru),
  lstm: recurrent(lstm),
};
