"""Reference figures for src/measure/{prognosis,calibration,metrics}.rs, by scikit-learn and NASA's progpy.

    pip install numpy scikit-learn progpy==1.9
    python tools/oracle_metrics.py tests/oracles/metrics.json

The predictions are drawn here from a seed and written beside the figures. What neither library has (NASA's score, the
bins, the expected cost) is left out: tests in src/measure work it out by hand.
"""

import json
import sys

import numpy as np
import progpy
import sklearn
from progpy.metrics import alpha_lambda, prognostic_horizon
from progpy.predictors import ToEPredictionProfile
from progpy.uncertain_data import ScalarData
from sklearn import metrics

CAP, ALPHA, CLASSES = 125.0, 0.2, 3
THRESHOLDS = (80.0, 30.0)


def health(left):
    return np.where(left > THRESHOLDS[0], 0, np.where(left > THRESHOLDS[1], 1, 2))


def windows(random):
    """Last windows of a fleet, and what scikit-learn says of them."""
    left = np.float32(np.round(random.uniform(1, 200, 60)))
    predicted = np.float32(np.clip(np.minimum(left, CAP) + random.normal(3, 15, 60), 0, 140))
    logits = random.normal(0, 1.5, (60, CLASSES)) + 2 * np.eye(CLASSES)[health(left)]
    shares = np.float32(np.exp(logits) / np.exp(logits).sum(1, keepdims=True))
    truth = np.minimum(left, CAP)
    classes, chosen = health(left), shares.argmax(1)
    confidence, right = shares.max(1), chosen == classes
    edges = np.linspace(0, 1, 16)
    bins = np.digitize(confidence, edges[1:-1], right=True)
    gaps = [abs(right[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return {
        "left_cycles": left.tolist(), "predicted_cycles": predicted.tolist(), "probabilities": shares.tolist(),
        "expected": {
            "rmse_cycles": metrics.root_mean_squared_error(truth, predicted),
            "rmse_uncapped_cycles": metrics.root_mean_squared_error(left, predicted),
            "mae_cycles": metrics.mean_absolute_error(truth, predicted),
            "bias_cycles": float(np.mean(predicted.astype(float) - truth)),
            "late_share": float(np.mean(predicted > truth)),
            "alpha_accuracy": float(np.mean([within(one, p) for one, p in zip(left, predicted)])),
            "accuracy": metrics.accuracy_score(classes, chosen),
            "macro_f1": metrics.f1_score(classes, chosen, average="macro"),
            "balanced_accuracy": metrics.balanced_accuracy_score(classes, chosen),
            "brier_score": metrics.brier_score_loss(classes, shares, scale_by_half=False),
            "calibration_error": float(np.sum(gaps)),
        },
    }


def within(left, predicted):
    """progpy's α–λ at one prediction: the failure comes `left` cycles after time 0."""
    profile = ToEPredictionProfile()
    profile.add_prediction(0.0, ScalarData({"failure": float(predicted)}))
    return bool(alpha_lambda(profile, {"failure": float(left)}, 0.0, ALPHA, 1.0)["failure"])


def life(random):
    """One engine's life, and what progpy says of it."""
    cycles = int(random.integers(60, 160))
    left = np.arange(cycles, 0, -1, dtype=float)
    wrong = random.normal(0, 1, cycles) * (0.02 + 0.12 * left / cycles)
    predicted = np.float32(left * (1 + wrong + 0.6 * (left > random.uniform(20, 60)))).astype(float)
    profile = ToEPredictionProfile()
    for cycle, one in enumerate(predicted):
        profile.add_prediction(float(cycle), ScalarData({"failure": cycle + one}))
    truth = {"failure": float(cycles)}
    # Saxena's horizon asks that all later predictions are good as well; progpy takes the first that meets the criterion.
    good = np.abs(predicted - left) <= ALPHA * left
    stays = {float(left_) for left_, good_ in zip(left, np.logical_and.accumulate(good[::-1])[::-1]) if good_}
    criterion = lambda _, ground: {"failure": ground["failure"] in stays}
    accuracies = [ScalarData({"failure": p}).relative_accuracy({"failure": l})["failure"] for p, l in zip(predicted, left)]
    at = {share: alpha_lambda(profile, truth, share * cycles, ALPHA, 1.0)["failure"] for share in (0.25, 0.5, 0.75)}
    return {
        "left_cycles": left.tolist(), "predicted_cycles": predicted.tolist(),
        "expected": {
            "horizon_cycles": prognostic_horizon(profile, criterion, truth)["failure"],
            "relative_accuracy": float(np.mean(accuracies)),
            "alpha_lambda": [[share, bool(met)] for share, met in at.items()],
        },
    }


random = np.random.default_rng(7)
reference = {
    "made_by": f"scikit-learn {sklearn.__version__} and progpy {progpy.__version__}, tools/oracle_metrics.py",
    "fleets": [windows(random) for _ in range(3)],
    "lives": [life(random) for _ in range(4)],
}
with open(sys.argv[1], "w") as file:
    json.dump(reference, file, indent=1)
    file.write("\n")
