"""Reference figures by PyTorch for the encoders that burn computes, in the form of tests/oracles/.

    pip install torch numpy
    python tools/oracle_open.py cnn-bilstm-attention tests/oracles/gradients_cnn_bilstm_attention.json
    python tools/oracle_open.py inception tests/oracles/gradients_inception.json
    python tools/oracle_open.py mixer tests/oracles/gradients_mixer.json

Each model is that of src/model/open/NAME.rs, written a second time with PyTorch's own layers and differentiated by PyTorch in
double precision.
"""

import json
import sys

import torch
from torch import nn

BATCH, TIME, FEATURES, CLASSES = 4, 7, 3, 3
RATE, STEPS = 0.01, 20


class Backbone(nn.Module):
    settings = {"channels": 4, "kernel": 3, "units": 2, "heads": 2}
    hidden = 4

    def __init__(self):
        super().__init__()
        inputs = [FEATURES, 4, 4]
        self.conv = nn.ModuleList(nn.Conv1d(count, 4, 3, padding=1) for count in inputs)
        self.lstm = nn.LSTM(4, 2, batch_first=True, bidirectional=True)
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)

    def forward(self, x):
        local = x.transpose(1, 2)
        for conv in self.conv:
            local = torch.relu(conv(local))
        both, _ = self.lstm(local.transpose(1, 2))
        heard, _ = self.attention(both, both, both, need_weights=False)
        return (both + heard).mean(1)


class Branches(nn.Module):
    def __init__(self, inputs, filters, kernels):
        super().__init__()
        self.bottleneck = nn.Linear(inputs, filters)
        self.conv = nn.ModuleList(nn.Conv1d(filters, filters, kernel, padding=kernel // 2) for kernel in kernels)
        self.pooled = nn.Linear(inputs, filters)
        self.norm = nn.LayerNorm(4 * filters)

    def forward(self, x):
        narrow = self.bottleneck(x).transpose(1, 2)
        greatest = nn.functional.max_pool1d(x.transpose(1, 2), 3, stride=1, padding=1).transpose(1, 2)
        parts = [conv(narrow).transpose(1, 2) for conv in self.conv]
        return torch.relu(self.norm(torch.cat([*parts, self.pooled(greatest)], 2)))


class Inception(nn.Module):
    settings = {"filters": 2, "kernel": 5, "depth": 3}
    hidden = 8

    def __init__(self):
        super().__init__()
        self.inception = nn.ModuleList(Branches(inputs, 2, [5, 3, 1]) for inputs in [FEATURES, 8, 8])
        self.shortcut = nn.ModuleList([nn.ModuleDict({"conv": nn.Linear(FEATURES, 8), "norm": nn.LayerNorm(8)})])

    def forward(self, x):
        stream = x
        for branches in self.inception:
            stream = branches(stream)
        shortcut = self.shortcut[0]
        return torch.relu(stream + shortcut["norm"](shortcut["conv"](x))).mean(1)


class Block(nn.Module):
    def __init__(self, hidden, time):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(hidden), nn.LayerNorm(hidden)
        self.time1, self.time2 = nn.Linear(TIME, time), nn.Linear(time, TIME)
        self.feature1, self.feature2 = nn.Linear(hidden, 2 * hidden), nn.Linear(2 * hidden, hidden)

    def forward(self, x):
        gelu = nn.functional.gelu
        x = x + self.time2(gelu(self.time1(self.norm1(x).transpose(1, 2)))).transpose(1, 2)
        return x + self.feature2(gelu(self.feature1(self.norm2(x))))


class Mixer(nn.Module):
    settings = {"hidden": 4, "time": 3, "depth": 2}
    hidden = 4

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(FEATURES, 4)
        self.blocks = nn.ModuleList(Block(4, 3) for _ in range(2))
        self.norm = nn.LayerNorm(4)

    def forward(self, x):
        x = self.embed(x)
        for block in self.blocks:
            x = block(x)
        return self.norm(x).mean(1)


class Model(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.enc = encoder
        self.rul, self.health = nn.Linear(encoder.hidden, 1), nn.Linear(encoder.hidden, CLASSES)

    def forward(self, x):
        latent = self.enc(x)
        return self.rul(latent)[:, 0], self.health(latent)


def main(name, path):
    torch.manual_seed(7)
    torch.set_default_dtype(torch.float64)
    encoder = {"cnn-bilstm-attention": Backbone, "inception": Inception, "mixer": Mixer}[name]
    model = Model(encoder())
    with torch.no_grad():
        for values in model.parameters():
            values += torch.rand_like(values) - 0.5
    start = {key: values.clone() for key, values in model.state_dict().items()}
    x, rul = torch.randn(BATCH, TIME, FEATURES), torch.rand(BATCH)
    health = torch.randint(0, CLASSES, (BATCH,))

    def losses():
        predicted, logits = model(x)
        return ((predicted - rul) ** 2).mean(), nn.functional.cross_entropy(logits, health)

    def gradients(which):
        model.zero_grad()
        losses()[which].backward()
        named = model.named_parameters()
        return {key: torch.zeros_like(p) if p.grad is None else p.grad.clone() for key, p in named}

    def adam(run):
        """The two losses in front of each step."""
        model.load_state_dict(start)
        kind, value = run.rsplit("_", 1)
        value, averages, told = float(value), torch.zeros(2), []
        optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
        for step in range(1, STEPS + 1):
            both = torch.stack(losses())
            told.append(both.tolist())
            factors = torch.tensor([value, 1 - value])
            if kind == "amnl_ema":
                averages = value * averages + (1 - value) * both.detach()
                factors = 0.5 / (averages / (1 - value**step) + 1e-8)
            optimizer.zero_grad()
            (factors * both).sum().backward()
            optimizer.step()
        return told

    predicted, logits = model(x)
    l_rul, l_health = losses()
    g_rul, g_health = gradients(0), gradients(1)
    shared = [key for key in start if key.startswith("enc.")]
    flat = lambda named: torch.cat([named[key].flatten() for key in shared])
    a, b = flat(g_rul), flat(g_health)
    lists = lambda named, keys: {key: named[key].tolist() for key in keys}
    case = {
        "encoder": name,
        "settings": encoder.settings,
        "note": "weights as in PyTorch's state dict",
        "weights": lists(start, start),
        "x": x.tolist(),
        "rul_target": rul.tolist(),
        "health_target": health.tolist(),
        "rul_prediction": predicted.tolist(),
        "health_logits": logits.tolist(),
        "loss_rul": l_rul.item(),
        "loss_health": l_health.item(),
        "shared_gradient": {
            "norm_rul": a.norm().item(), "norm_health": b.norm().item(), "dot": (a @ b).item(),
            "cosine": (a @ b / a.norm() / b.norm()).item(),
        },
        "gradients_rul": lists(g_rul, shared),
        "gradients_health": lists(g_health, shared),
        f"adam_lr{RATE}_losses": {run: adam(run) for run in ("fixed_0.5", "fixed_0.8", "amnl_ema_0.9")},
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(case, file)


main(*sys.argv[1:])
