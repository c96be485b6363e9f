"""Milliseconds of a training step in PyTorch on one thread of the CPU, for `cargo xtask bench`.

    python benches/pytorch.py gru 64 32

The net, the loss and the optimizer of benches/step.rs: encoder, batch, hidden units. Prints `Combined MILLIS` for one
gradient of the weighted sum.
"""

import sys
import time

import torch

WARM_UP, STEPS, TIME, FEATURES = 20, 100, 30, 14


class Net(torch.nn.Module):
    def __init__(self, encoder, hidden):
        super().__init__()
        self.kind = encoder
        if encoder == "cnn":
            self.encoder = torch.nn.Sequential(
                torch.nn.Conv1d(FEATURES, hidden, 5, padding=2), torch.nn.ReLU(),
                torch.nn.Conv1d(hidden, hidden, 5, padding=2), torch.nn.ReLU(),
            )
        else:
            self.encoder = getattr(torch.nn, encoder.upper())(FEATURES, hidden, batch_first=True)
        self.rul, self.health = torch.nn.Linear(hidden, 1), torch.nn.Linear(hidden, 3)

    def forward(self, x):
        latent = self.encoder(x.transpose(1, 2)).mean(2) if self.kind == "cnn" else self.encoder(x)[0][:, -1]
        return self.rul(latent)[:, 0], self.health(latent)


def main(encoder="gru", batch="64", hidden="32"):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    batch = int(batch)
    net = Net(encoder, int(hidden))
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    x, rul, health = torch.randn(batch, TIME, FEATURES), torch.rand(batch), torch.randint(3, (batch,))

    def take(steps):
        begun = time.perf_counter()
        for _ in range(steps):
            adam.zero_grad(set_to_none=True)
            predicted, logits = net(x)
            loss = 0.5 * torch.nn.functional.mse_loss(predicted, rul) + 0.5 * torch.nn.functional.cross_entropy(logits, health)
            loss.backward()
            adam.step()
        return 1e3 * (time.perf_counter() - begun) / steps

    take(WARM_UP)
    print(f"Combined {take(STEPS):.4f}")
    print(f"version {torch.__version__}")


main(*sys.argv[1:])
