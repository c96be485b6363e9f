"""How good is the emulator? Two outside judges: gradient-boosted trees that predict, and trees that tell apart.

1. Train on emulated engines, test on NASA's test engines, and compare with training on NASA's training engines. The
   features are, for each of the 14 usual sensors over the last 30 cycles: mean, slope, and mean of the last five. RUL is
   capped at 125; the test is the last window of each test engine. The ratio of the mean errors should be at most 1.12.
2. Tell NASA's windows from emulated ones by those features, by deviations, roughness, minima and maxima, and by all
   420 raw values. Engines that the classifier is scored on are others than those it is trained on (two folds). The area
   under the ROC curve is 0.5 where nothing tells them apart and should be at most 0.75.

    pip install scikit-learn
    for seed in $(seq 1001 1020); do lambdascope data emulate --seed $seed --out /tmp/emulated-$seed; done
    python tools/emulator_quality.py data/cmapss /tmp/emulated-*

A folder without NASA's training file (FD003: --dataset FD003) gives the errors of the emulation alone, for all test
engines and for those with even numbers, which the emulator's parameters were not measured on.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import roc_auc_score

SENSORS = [2, 3, 4, 7, 8, 9, 11, 12, 13, 14, 15, 17, 20, 21]
WINDOW_CYCLES = 30
RUL_CAP_CYCLES = 125
# Neighbouring windows are nearly the same: every tenth is enough to tell populations apart.
CLASSIFIED_EVERY = 10


def engines(path):
    """The engines of a file, each an array of cycles × sensors, or nothing where the file is not there."""
    if not path.exists():
        return []
    table = np.loadtxt(path)
    return [table[table[:, 0] == unit][:, [4 + sensor for sensor in SENSORS]] for unit in np.unique(table[:, 0])]


def window(engine, end):
    """The window before `end`, padded with the first row."""
    rows = engine[max(0, end - WINDOW_CYCLES) : end]
    return np.vstack([np.repeat(rows[:1], WINDOW_CYCLES - len(rows), axis=0), rows])


def features(rows):
    """Mean, slope and mean of the last five cycles of a window."""
    time = np.arange(WINDOW_CYCLES) - (WINDOW_CYCLES - 1) / 2
    return np.concatenate([rows.mean(0), time @ rows / (time @ time), rows[-5:].mean(0)])


def everything(rows):
    """What a classifier is given: features, noise, extremes, and the window itself."""
    roughness = np.diff(rows, axis=0).std(0)
    return np.concatenate([features(rows), rows.std(0), roughness, rows.min(0), rows.max(0), rows.ravel()])


def train(train_engines):
    """A model of the capped RUL at the end of every window of the engines."""
    ends = [(engine, end) for engine in train_engines for end in range(WINDOW_CYCLES, len(engine) + 1)]
    rows = np.array([features(window(engine, end)) for engine, end in ends])
    labels = np.array([min(RUL_CAP_CYCLES, len(engine) - end) for engine, end in ends])
    model = HistGradientBoostingRegressor(
        max_iter=200, learning_rate=0.05, max_leaf_nodes=15, min_samples_leaf=40, l2_regularization=1.0, random_state=0
    )
    return model.fit(rows, labels)


def rmse(model, test_engines, rul):
    """Root mean squared error in cycles over the last windows of the engines."""
    predicted = model.predict(np.array([features(window(engine, len(engine))) for engine in test_engines]))
    return float(np.sqrt(np.mean((predicted - np.minimum(RUL_CAP_CYCLES, rul)) ** 2)))


def area_under_curve(real, emulated):
    """How well a classifier tells the windows of two populations apart: mean of two folds by engine."""
    random = np.random.default_rng(0)
    folds = [([], []), ([], [])]
    for label, population in ((1, real), (0, emulated)):
        for position, index in enumerate(random.permutation(len(population))):
            engine = population[index]
            for end in range(WINDOW_CYCLES, len(engine) + 1, CLASSIFIED_EVERY):
                folds[position % 2][0].append(everything(window(engine, end)))
                folds[position % 2][1].append(label)
    areas = []
    for fitted, scored in ((0, 1), (1, 0)):
        model = HistGradientBoostingClassifier(
            max_iter=150, learning_rate=0.06, max_leaf_nodes=15, min_samples_leaf=30, random_state=0
        )
        model.fit(np.array(folds[fitted][0]), folds[fitted][1])
        areas.append(roc_auc_score(folds[scored][1], model.predict_proba(np.array(folds[scored][0]))[:, 1]))
    return float(np.mean(areas))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", default="FD001", help="FD001 or FD003: one operating regime")
    parser.add_argument("real", type=Path, help="folder with NASA's files")
    parser.add_argument("emulated", type=Path, nargs="+", help="folders written by `lambdascope data emulate`")
    arguments = parser.parse_args()

    def file(folder, role):
        return folder / f"{role}_{arguments.dataset}.txt"

    real = engines(file(arguments.real, "train"))
    test, rul = engines(file(arguments.real, "test")), np.loadtxt(file(arguments.real, "RUL"))
    even = [index for index in range(len(test)) if index % 2 == 1]
    if real:
        on_real = rmse(train(real), test, rul)
        print(f"NASA → NASA: RMSE {on_real:.2f} cycles")
    errors, areas = [], []
    for folder in arguments.emulated:
        population = engines(file(folder, "train"))
        model = train(population)
        errors.append(rmse(model, test, rul))
        line = f"{folder.name} → NASA: RMSE {errors[-1]:.2f}, even engines {rmse(model, [test[i] for i in even], rul[even]):.2f}"
        if real:
            areas.append(area_under_curve(real, population))
            line += f", AUC {areas[-1]:.3f}"
        print(line, flush=True)
    print(f"mean of {len(errors)}: RMSE {np.mean(errors):.2f}")
    if real:
        print(f"ratio {np.mean(errors) / on_real:.3f}, mean AUC {np.mean(areas):.3f}, largest {np.max(areas):.3f}")


if __name__ == "__main__":
    main()
