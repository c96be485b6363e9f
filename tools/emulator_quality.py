"""How good is the emulator? Train on emulated engines, test on NASA's, and compare with training on NASA's.

The model is gradient-boosted trees on three features for each of the 14 usual sensors, taken over the last 30 cycles:
mean, slope, and mean of the last five. RUL is capped at 125; the test is the last window of each test engine.

    pip install scikit-learn
    lambdascope data emulate --seed 1 --out /tmp/emulated-1
    python tools/emulator_quality.py data/cmapss /tmp/emulated-1 [more folders of emulated engines]

It prints the root mean squared error in cycles of: NASA's on NASA's; and, for each further folder, emulated on NASA's,
emulated on emulated, NASA's on emulated. The first and the second should differ little.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

SENSORS = [2, 3, 4, 7, 8, 9, 11, 12, 13, 14, 15, 17, 20, 21]
WINDOW_CYCLES = 30
RUL_CAP_CYCLES = 125


def load(folder):
    """Training engines, test engines (each an array of cycles × sensors) and the RULs of the latter."""

    def engines(name):
        table = np.loadtxt(Path(folder) / name)
        return [table[table[:, 0] == unit][:, [4 + sensor for sensor in SENSORS]] for unit in np.unique(table[:, 0])]

    return engines("train_FD001.txt"), engines("test_FD001.txt"), np.loadtxt(Path(folder) / "RUL_FD001.txt")


def features(engine, end):
    """Mean, slope and mean of the last five cycles of the window before `end`, padded with the first row."""
    window = engine[max(0, end - WINDOW_CYCLES) : end]
    window = np.vstack([np.repeat(window[:1], WINDOW_CYCLES - len(window), axis=0), window])
    time = np.arange(WINDOW_CYCLES) - (WINDOW_CYCLES - 1) / 2
    return np.concatenate([window.mean(0), time @ window / (time @ time), window[-5:].mean(0)])


def train(engines):
    """A model of the capped RUL at the end of every window of the engines."""
    ends = [(engine, end) for engine in engines for end in range(WINDOW_CYCLES, len(engine) + 1)]
    rows = np.array([features(engine, end) for engine, end in ends])
    labels = np.array([min(RUL_CAP_CYCLES, len(engine) - end) for engine, end in ends])
    model = HistGradientBoostingRegressor(
        max_iter=200, learning_rate=0.05, max_leaf_nodes=15, min_samples_leaf=40, l2_regularization=1.0, random_state=0
    )
    return model.fit(rows, labels)


def rmse(model, engines, rul):
    """Root mean squared error in cycles over the last windows of the engines."""
    predicted = model.predict(np.array([features(engine, len(engine)) for engine in engines]))
    return float(np.sqrt(np.mean((predicted - np.minimum(RUL_CAP_CYCLES, rul)) ** 2)))


def main(real_folder, *emulated_folders):
    real = load(real_folder)
    real_model = train(real[0])
    print(f"{'trained on → tested on':40} RMSE, cycles")
    print(f"{'NASA → NASA':40} {rmse(real_model, *real[1:]):.2f}")
    for folder in emulated_folders:
        emulated = load(folder)
        model = train(emulated[0])
        print(f"{f'{folder} → NASA':40} {rmse(model, *real[1:]):.2f}")
        print(f"{f'{folder} → itself':40} {rmse(model, *emulated[1:]):.2f}")
        print(f"{f'NASA → {folder}':40} {rmse(real_model, *emulated[1:]):.2f}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
