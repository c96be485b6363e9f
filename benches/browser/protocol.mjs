// How time is taken. A sample is one run of K steps that ends with one wait for the device, divided by K. In every
// round each contestant takes one sample, in an order that rotates; comparisons are made within a round, so that a
// machine that slows down slows down both sides.

export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export const summary = (values) =>
  ({ median: median(values), min: Math.min(...values), max: Math.max(...values), values });

const rotated = (items, by) => items.map((_, index) => items[(index + by) % items.length]);

/**
 * Trains until compilers and caches have settled; returns the best time of a step and how many steps make a sample. The
 * first sample holds the compilation, so there are always two. The best, not the last: what disturbs a step only ever
 * makes it longer, and this figure decides between the ways of writing a net.
 */
export const warmUp = async (tab, { warm_millis: warm, sample_millis: wanted }) => {
  let count = 1;
  let best = Infinity;
  for (let spent = 0, samples = 0; spent < warm || samples < 2; samples += 1) {
    const millis = await tab.call("sample", count);
    spent += millis;
    // A clock of a tenth of a millisecond may read zero for one quick step.
    best = Math.min(best, Math.max(millis, 0.1) / count);
    count = Math.min(Math.ceil(wanted / best), 4 * count);
  }
  return { steps: Math.ceil((1.1 * wanted) / best), stepMillis: best };
};

/**
 * Samples of every runner (`{ id, slow, sample }`), round by round: `{ id: [value or null for a round left out] }`.
 * A runner that fails is left out from then on and named in `failures`.
 */
export const interleave = async (runners, { rounds, slow_rounds: slowRounds = rounds }, tell = () => {}) => {
  const samples = Object.fromEntries(runners.map(({ id }) => [id, []]));
  const failures = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const { id, slow, sample } of rotated(runners, round)) {
      const rests = failures[id] || (slow && round >= slowRounds);
      try {
        samples[id].push(rests ? null : await sample());
      } catch (error) {
        failures[id] = error;
        samples[id].push(null);
      }
    }
    tell(`round ${round + 1} of ${rounds}`);
  }
  return { samples, failures };
};

const present = (value) => value !== null;

/** Median, least and most of a runner's samples; null when it has none. */
export const summarize = (values) => {
  const taken = values.filter(present);
  return taken.length > 0 ? summary(taken) : null;
};

/** How many times as long as `base` a runner takes, round by round. */
export const ratios = (values, base) =>
  summarize(values.map((value, round) => (present(value) && present(base[round]) ? value / base[round] : null)));
