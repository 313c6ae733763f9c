"""Train the network of the paper and save it where the claims file looks for it.

    python train.py

Plain gradient descent on twelve data, in double precision, for seconds. The files are written with safetensors, which
hold numbers and nothing that runs.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.nn.functional import mse_loss

STEP_SIZE = 0.2  # claims.toml says the same
STEPS = 5000
FOLDER = Path(__file__).resolve().parent / "model"


def train() -> tuple[torch.nn.Sequential, torch.Tensor, torch.Tensor]:
    """The trained network, its inputs [12, 1] and its labels [12, 1]."""
    torch.manual_seed(2)
    x = torch.linspace(-1, 1, 12, dtype=torch.float64)[:, None]
    y = torch.sin(3 * x)
    model = torch.nn.Sequential(torch.nn.Linear(1, 12), torch.nn.ReLU(), torch.nn.Linear(12, 1)).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=STEP_SIZE)
    for _ in range(STEPS):
        optimizer.zero_grad()
        mse_loss(model(x), y).backward()
        optimizer.step()
    return model, x, y


if __name__ == "__main__":
    model, x, y = train()
    FOLDER.mkdir(exist_ok=True)
    save_file(model.state_dict(), FOLDER / "weights.safetensors")
    save_file({"x": x, "y": y}, FOLDER / "data.safetensors")
    print(f"loss {mse_loss(model(x), y).item():.2e}, written to {FOLDER}")
