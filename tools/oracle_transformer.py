"""Reference figures for the transformer encoder, in the form of tests/oracles/, computed with JAX in double precision.

    pip install jax numpy
    python tools/oracle_transformer.py tests/oracles/gradients_transformer.json

The model is that of src/model/transformer.rs, written a second time and differentiated by JAX; weights in PyTorch's
layout, positions as they are ([window, hidden]).
"""

import json
import sys

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

BATCH, TIME, FEATURES, HIDDEN, HEADS, CLASSES = 4, 6, 3, 4, 2, 3
RATE, STEPS = 0.01, 20


def weights(random):
    draw = lambda *shape: random.uniform(-0.5, 0.5, shape)
    named = {"enc.embed.weight": draw(HIDDEN, FEATURES), "enc.embed.bias": draw(HIDDEN), "enc.position": draw(TIME, HIDDEN)}
    for layer in ("enc.layers.0", "enc.layers.1"):
        for norm in ("norm1", "norm2"):
            named[f"{layer}.{norm}.weight"] = 1 + draw(HIDDEN)
            named[f"{layer}.{norm}.bias"] = draw(HIDDEN)
        products = {"self_attn.in_proj": (3, 1), "self_attn.out_proj": (1, 1), "linear1": (2, 1), "linear2": (1, 2)}
        for name, (outputs, inputs) in products.items():
            named[f"{layer}.{name}.weight"] = draw(outputs * HIDDEN, inputs * HIDDEN)
            named[f"{layer}.{name}.bias"] = draw(outputs * HIDDEN)
    named |= {"enc.norm.weight": 1 + draw(HIDDEN), "enc.norm.bias": draw(HIDDEN)}
    for head, outputs in (("rul", 1), ("health", CLASSES)):
        named |= {f"{head}.weight": draw(outputs, HIDDEN), f"{head}.bias": draw(outputs)}
    return named


def linear(w, name, x):
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def norm(w, name, x):
    centred = x - x.mean(-1, keepdims=True)
    return centred / jnp.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5) * w[f"{name}.weight"] + w[f"{name}.bias"]


def attention(w, name, x):
    heads = lambda part: part.reshape(BATCH, TIME, HEADS, HIDDEN // HEADS).transpose(0, 2, 1, 3)
    queries, keys, values = (heads(part) for part in jnp.split(linear(w, f"{name}.in_proj", x), 3, axis=-1))
    shares = jax.nn.softmax(queries @ keys.swapaxes(-1, -2) / np.sqrt(HIDDEN // HEADS), axis=-1)
    return linear(w, f"{name}.out_proj", (shares @ values).transpose(0, 2, 1, 3).reshape(BATCH, TIME, HIDDEN))


def outputs(w, x):
    stream = linear(w, "enc.embed", x) + w["enc.position"]
    for layer in ("enc.layers.0", "enc.layers.1"):
        stream = stream + attention(w, f"{layer}.self_attn", norm(w, f"{layer}.norm1", stream))
        inside = jax.nn.relu(linear(w, f"{layer}.linear1", norm(w, f"{layer}.norm2", stream)))
        stream = stream + linear(w, f"{layer}.linear2", inside)
    latent = norm(w, "enc.norm", stream).mean(1)
    return linear(w, "rul", latent)[:, 0], linear(w, "health", latent)


def main(path):
    random = np.random.default_rng(7)
    start = weights(random)
    x, rul = random.normal(size=(BATCH, TIME, FEATURES)), random.uniform(size=BATCH)
    health = random.integers(0, CLASSES, BATCH)
    loss_rul = lambda w: jnp.mean((outputs(w, x)[0] - rul) ** 2)
    loss_health = lambda w: -jnp.mean(jax.nn.log_softmax(outputs(w, x)[1])[jnp.arange(BATCH), health])
    both = jax.jit(lambda w: (jax.value_and_grad(loss_rul)(w), jax.value_and_grad(loss_health)(w)))

    def adam(run):
        """The two losses in front of each step."""
        kind, value = run.rsplit("_", 1)
        value, w, averages, losses = float(value), start, np.zeros(2), []
        first = second = {name: jnp.zeros_like(values) for name, values in w.items()}
        for step in range(1, STEPS + 1):
            (l_rul, g_rul), (l_health, g_health) = both(w)
            losses.append([float(l_rul), float(l_health)])
            factors = np.array([value, 1 - value])
            if kind == "amnl_ema":
                averages = value * averages + (1 - value) * np.array(losses[-1])
                factors = 0.5 / (averages / (1 - value**step) + 1e-8)
            gradient = {name: factors[0] * g_rul[name] + factors[1] * g_health[name] for name in w}
            first = {name: 0.9 * first[name] + 0.1 * gradient[name] for name in w}
            second = {name: 0.999 * second[name] + 0.001 * gradient[name] ** 2 for name in w}
            correct = lambda name: jnp.sqrt(second[name] / (1 - 0.999**step)) + 1e-8
            w = {name: w[name] - RATE * first[name] / (1 - 0.9**step) / correct(name) for name in w}
        return losses

    (l_rul, g_rul), (l_health, g_health) = both(start)
    shared = [name for name in start if name.startswith("enc.")]
    flat = lambda gradients: np.concatenate([np.ravel(gradients[name]) for name in shared])
    a, b = flat(g_rul), flat(g_health)
    norms = [float(np.linalg.norm(a)), float(np.linalg.norm(b))]
    predicted, logits = outputs(start, x)
    lists = lambda named: {name: np.asarray(values).tolist() for name, values in named.items()}
    case = {
        "encoder": "transformer",
        "heads": HEADS,
        "note": "weights in PyTorch layout, positions [window, hidden]; pre-norm, relu, z = mean over time of the last norm",
        "weights": lists(start),
        "x": x.tolist(),
        "rul_target": rul.tolist(),
        "health_target": health.tolist(),
        "rul_prediction": np.asarray(predicted).tolist(),
        "health_logits": np.asarray(logits).tolist(),
        "loss_rul": float(l_rul),
        "loss_health": float(l_health),
        "shared_gradient": {"norm_rul": norms[0], "norm_health": norms[1], "dot": float(a @ b), "cosine": float(a @ b / norms[0] / norms[1])},
        "gradients_rul": lists({name: g_rul[name] for name in shared}),
        "gradients_health": lists({name: g_health[name] for name in shared}),
        f"adam_lr{RATE}_losses": {run: adam(run) for run in ("fixed_0.5", "fixed_0.8", "amnl_ema_0.9")},
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(case, file)


main(*sys.argv[1:])
