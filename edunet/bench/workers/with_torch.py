"""PyTorch, eager, written as its tutorials write it; convolutions in both memory layouts, attention in both forms."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

__all__ = ["build", "versions"]

LAYOUTS = {"NCHW": torch.contiguous_format, "channels last": torch.channels_last}


def versions():
    return {"torch": torch.__version__}


def build(work, arrays):
    return BUILDERS[work["kind"]](work["kind"], {name: torch.from_numpy(a) for name, a in arrays.items()})


def fit(kind, arrays):
    return {layout: _fit(arrays, memory_format) for layout, memory_format in LAYOUTS.items()}


def _fit(arrays, memory_format):
    x, y = _image(arrays["x"], memory_format), arrays["y"]
    net = _article_network(memory_format)
    optimizer = torch.optim.Adam(net.parameters())

    def run():
        loss_sum, correct = torch.zeros(()), torch.zeros((), dtype=torch.long)
        order = torch.randperm(len(x))
        for start in range(0, len(x), 32):
            rows = order[start : start + 32]
            images, labels = x[rows], y[rows]
            optimizer.zero_grad(set_to_none=True)
            scores = net(images)
            loss = F.cross_entropy(scores, labels)
            loss.backward()
            optimizer.step()
            loss_sum += loss.detach() * len(rows)
            correct += (scores.argmax(dim=1) == labels).sum()
        loss_sum.item(), correct.item()

    return run


def predict(kind, arrays):
    return {f"forward, {layout}": _predict(arrays, memory_format) for layout, memory_format in LAYOUTS.items()}


def _predict(arrays, memory_format):
    x, net = _image(arrays["x"], memory_format), _article_network(memory_format).eval()

    def run():
        with torch.inference_mode():
            net(x)

    return run


def _article_network(memory_format):
    net = nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(64, 64, 3), nn.ReLU(), nn.Flatten()),
        *(nn.Linear(576, 64), nn.ReLU(), nn.Linear(64, 10)),
    )
    return net.to(memory_format=memory_format)


def _image(x, memory_format):
    """(N,H,W,C) -> (N,C,H,W), lying in memory as asked for."""
    return x.permute(0, 3, 1, 2).contiguous(memory_format=memory_format)


def conv(kind, arrays):
    return {layout: _conv(arrays, memory_format) for layout, memory_format in LAYOUTS.items()}


def _conv(arrays, memory_format):
    x, dy = (_image(arrays[name], memory_format) for name in ("x", "dy"))
    w = arrays["w"].permute(3, 2, 0, 1).contiguous(memory_format=memory_format)  # (U,V,C,F) -> (F,C,U,V)
    inputs = [x.requires_grad_(), w.requires_grad_(), arrays["b"].clone().requires_grad_()]
    return _forward_backward(F.conv2d, inputs, dy)


def _forward_backward(function, inputs, dy):
    def run():
        for t in inputs:
            t.grad = None
        y = function(*inputs)
        y.backward(dy)
        return [y.detach(), *(t.grad for t in inputs)]

    return run


def recurrence(kind, arrays):
    x, dh, b = arrays["x"], arrays["dh"], arrays["b"]
    layer = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind](x.shape[2], dh.shape[2], batch_first=True)
    biases = b if kind == "gru" else torch.stack([b, torch.zeros_like(b)])
    given = (arrays["wx"].T, arrays["wh"].T, *biases)
    with torch.no_grad():
        for weight, a in zip(layer.parameters(), given):  # noqa: B905
            weight.copy_(_gates_in_torch_order(a) if kind == "gru" else a)

    def run():
        layer.zero_grad(set_to_none=True)
        h, _ = layer(x)
        h.backward(dh)
        return [h.detach(), layer.weight_ih_l0.grad, layer.weight_hh_l0.grad]

    return {"": run}


def _gates_in_torch_order(a):
    z, r, h = a.chunk(3)
    return torch.cat([r, z, h])


def attention(kind, arrays):
    inputs = [arrays[name].requires_grad_() for name in ("q", "k", "v")]
    return {
        "fused": _forward_backward(F.scaled_dot_product_attention, inputs, arrays["dz"]),
        "plain": _forward_backward(_plain_attention, inputs, arrays["dz"]),
    }


def _plain_attention(q, k, v):
    return torch.softmax(q @ k.transpose(-2, -1) / np.sqrt(q.shape[-1]), dim=-1) @ v


BUILDERS = {
    "fit": fit,
    "predict": predict,
    "conv": conv,
    **dict.fromkeys(("rnn", "gru", "lstm"), recurrence),
    "attention": attention,
}
