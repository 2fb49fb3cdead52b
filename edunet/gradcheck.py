"""Is a gradient right? Compare what `backward` says with what the function itself does."""

import numpy as np

from edunet.tensor import Tensor, gradients

__all__ = ["check_gradients"]


def check_gradients(op, *arrays, tolerance: float = 1e-6, step: float = 1e-5, seed: int = 0, **options) -> float:
    """Check the gradients of an op along one random direction for each input, in float64.

        s(x) = Σ r·op(x), r random          Σ ∂s/∂x · Δ   against   s(x + Δ/2) − s(x − Δ/2)
    Δ is the step that was really made after rounding, not the one that was asked for; large numbers get larger steps.

    Args: op, a function of Tensors, such as one lifted by `@differentiable`; arrays, its inputs, of any shapes;
    tolerance, allowed difference relative to the larger side; options go to op.
    Returns the largest relative difference. Raises ValueError that names the input whose gradient is wrong.
    Source: Griewank & Walther, Evaluating Derivatives (2008); the random direction is as in HIPS/autograd.

    >>> from edunet import ops
    >>> check_gradients(ops.tanh, np.linspace(-2, 2, 7)) < 1e-9
    True
    """
    rng = np.random.default_rng(seed)
    arrays = tuple([None if a is None else np.array(a, np.float64) for a in arrays])
    tensors = [None if a is None else Tensor(a) for a in arrays]
    y = op(*tensors, **options)
    outputs = y if isinstance(y, tuple) else (y,)
    if not all(isinstance(part, Tensor) for part in outputs):
        raise TypeError(
            f"check_gradients: the function returned {type(outputs[-1]).__name__}, expected a Tensor. "
            "Put @edunet.differentiable above a function that returns (y, backward)."
        )
    weights = [rng.normal(size=part.shape) for part in outputs]

    def score(*inputs):
        y = op(*inputs, **options)
        parts = y if isinstance(y, tuple) else (y,)
        total = (parts[0] * weights[0]).sum()
        for part, r in zip(parts[1:], weights[1:], strict=True):
            total = total + (part * r).sum()
        return total

    wanted = [i for i, t in enumerate(tensors) if t is not None]
    analytic = gradients(score(*tensors), [tensors[i] for i in wanted])
    worst = 0.0
    for i, gradient in zip(wanted, analytic, strict=True):
        direction = rng.normal(size=arrays[i].shape) * step * np.maximum(1, np.abs(arrays[i]))
        ahead, behind = arrays[i] + direction / 2, arrays[i] - direction / 2
        if np.any(ahead == behind):
            raise ValueError(
                f"check_gradients: a step of {step:g} is lost in rounding for input {i}; take a larger one."
            )
        promised = np.sum(gradient * (ahead - behind))
        # as Tensors: a layer brings arrays, but not Tensors, to its own precision
        true = float(score(*tensors[:i], Tensor(ahead), *tensors[i + 1 :])) - float(
            score(*tensors[:i], Tensor(behind), *tensors[i + 1 :])
        )
        # rounding leaves about 1e-16 of s in the difference: a change below 1e-9 of s cannot be judged to 1e-6
        smallest = 1e-9 * abs(float(score(*tensors))) + 1e-300
        moved = np.sum(np.abs(gradient * (ahead - behind)))
        if 0 < max(moved, abs(true)) < smallest:
            raise ValueError(
                f"check_gradients: input {i} cannot be judged, its step changes the output by {moved:.1e} only. "
                "Take away what is large and constant, or check at other values."
            )
        error = abs(promised - true) / max(abs(promised), abs(true), smallest)
        if not error <= tolerance:
            raise ValueError(
                f"{getattr(op, '__name__', op)}: the gradient of input {i} (shape {arrays[i].shape}) is wrong. "
                f"Along a random direction backward() promises {promised / step:.6g}, the function changes by "
                f"{true / step:.6g} (ratio {promised / true if true else np.inf:.4g}; difference {error:.2g}). "
                "Look for a sign, a factor, a missing sum over a broadcast axis, or a transposed product."
            )
        worst = max(worst, float(error))
    return worst
