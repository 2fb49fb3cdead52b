"""What every kernel must satisfy, as functions of the kernel: each of them raises AssertionError with one reason."""

import numpy as np
from calls import Call, Kernel, defined, fill, is_float, prepare

TOLERANCE = {np.dtype(np.float32): 1e-5, np.dtype(np.float64): 1e-10}
WEIGHTS = {"w", "b", "wx", "wh", "gamma", "beta"}  # shared by the batch, and so are their gradients, which are sums
EPSILON = 1e-6  # the step of a difference quotient


def check_values(function, call):
    """Every place is filled, with what NumPy finds in float64; inputs stay as they were."""
    before = {name: np.array(a) for name, a in call.given.items() if isinstance(a, np.ndarray)}
    made, expected = fill(function, call), defined(call)
    for name in before.keys() - set(call.kernel.op.in_place):
        assert same_bits(before[name], call.given[name]), f"{call.kernel.name} writes to its input {name}"
    for name, a in made.items():
        compare(f"{call.kernel.name}: {name}", a, expected[name], bound(name, call, expected))


def bound(name, call, expected):
    """Return the largest error allowed: a part of max|b|, or of the terms of b if their sum is nearly nothing."""
    first = next(iter(call.given.values()))
    floor = call.kernel.op.floor
    floor = floor({**expected, **call.given}) if floor else np.abs(first).max(initial=0)
    return TOLERANCE[first.dtype] * max(np.abs(expected[name]).max(initial=0), floor)


def compare(what, a, b, allowed):
    if a.dtype.kind == "i":
        allowed = 0
    empty = np.isnan(a) & ~np.isnan(b)
    assert not empty.any(), (
        f"{what}: {empty.sum()} of {a.size} places are NaN or not filled, the first is {where(empty)}"
    )
    wrong = ~(np.abs(a - b) <= allowed) & (a != b)
    if wrong.any():
        at = where(wrong)
        raise AssertionError(f"{what}: {wrong.sum()} of {a.size} are wrong; at {at} {a[at]!r}, expected {b[at]!r}")


def where(flags):
    return tuple(int(i) for i in np.argwhere(flags)[0])


def same_bits(a, b):
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def check_equal(function, other, call):
    """Two kernels of the same formula find the same."""
    made, expected = fill(function, call), fill(other, call)
    for name, a in made.items():
        compare(f"{call.kernel.name}: {name}", a, expected[name], bound(name, call, expected))


def check_repeats(function, call):
    """Two runs give the same bits."""
    first, second = fill(function, call), fill(function, call)
    for name, a in first.items():
        assert same_bits(a, second[name]), f"{call.kernel.name}: {name} differs from one run to the next"


# ---------------------------------------------------------------- a batch and its parts


def is_shared(name):
    return name in WEIGHTS or name.removeprefix("d") in WEIGHTS


def piece(call, start, stop):
    """Return the call for some rows of the batch: the arrays that a thread would get."""
    given = {
        name: a[start:stop] if isinstance(a, np.ndarray) and a.size and not is_shared(name) else a
        for name, a in call.given.items()
    }
    made = {
        name: (shape if is_shared(name) else (stop - start, *shape[1:]), dtype)
        for name, (shape, dtype) in call.made.items()
    }
    return Call(call.kernel, given, made)


def check_pieces(function, call, cut, exact=True):
    """A batch cut in two gives the same bits as the whole, and gradients of weights that add up."""
    N = len(next(iter(call.given.values())))
    whole, parts = fill(function, call), [fill(function, piece(call, *ends)) for ends in ((0, cut), (cut, N))]
    for name, a in whole.items():
        arrays = [part[name] for part in parts]
        together = sum(arrays) if is_shared(name) else np.concatenate(arrays)
        if exact and not is_shared(name):
            assert same_bits(together, a), f"{call.kernel.name}: rows of {name} depend on the size of the batch"
        else:
            compare(f"{call.kernel.name}: {name} of two pieces", together, a, bound(name, call, whole))


# ---------------------------------------------------------------- broken numbers


def check_nan(function, call, poisoned, row):
    """A NaN reaches what it influences by the formula and nothing else; the other rows keep their bits.

    Padding may be written out as zeros, and 0 · NaN is NaN: gradients of weights may have more of them than NumPy's.
    """
    a = call.given[poisoned].copy()
    a[row, ...].flat[-1] = np.nan
    spoilt = call.having(**{poisoned: a})
    clean, made, expected = fill(function, call), fill(function, spoilt), defined(spoilt)
    for name, b in made.items():
        what = f"{call.kernel.name}: NaN in {poisoned}"
        if not is_shared(name) and call.kernel.op.name != "batch_norm":
            others = np.arange(len(b)) != row
            assert same_bits(b[others], clean[name][others]), f"{what} changes other rows of {name}"
        if not is_float(b):
            continue
        got, due = np.isnan(b), np.isnan(expected[name])
        astray = got & ~due if not is_shared(name) else due & False
        assert not astray.any(), f"{what} spreads to {name}{where(astray)}"
        # backward, a kernel may leave out what the formula multiplies by 0
        lost = due & ~got if call.kernel.way == "forward" else due & ~got.any()
        assert not lost.any(), f"{what} does not reach {name}{where(lost)}"


# ---------------------------------------------------------------- gradients


def check_slope(forward, backward, op, sizes):
    """Along a random direction the outputs change as the gradients say. float64."""
    call = prepare(Kernel(op, "forward"), sizes, np.float64)
    back = prepare(Kernel(op, "backward"), sizes, np.float64, run=lambda call: fill(forward, call))
    gradients = fill(backward, back)
    rng = np.random.default_rng(1)
    ways = {name[1:]: rng.normal(size=a.shape) for name, a in gradients.items()}

    def answer(step):
        out = fill(forward, call.having(**{name: call.given[name] + step * way for name, way in ways.items()}))
        arrived = {name[1:]: d for name, d in back.given.items() if name[1:] in out and name not in call.given}
        return sum(
            np.sum(d * (out[name][:, -1] if d.ndim < out[name].ndim else out[name])) for name, d in arrived.items()
        )

    slope = (answer(EPSILON) - answer(-EPSILON)) / (2 * EPSILON)
    terms = np.concatenate([(gradients["d" + name] * way).ravel() for name, way in ways.items()])
    allowed = 1e-6 * (1 + np.abs(terms).sum())
    assert abs(slope - terms.sum()) <= allowed, f"{op.name}: slope {slope}, by the gradients {terms.sum()}"


def check_adjoint(what, pairs):
    """All pairs of arrays have the same inner product: <A x, dy> = <x, Aᵀ dy>."""
    products = [np.sum(a * b, dtype=np.float64) for a, b in pairs]
    allowed = max(TOLERANCE[a.dtype] * np.sum(np.abs(a * b), dtype=np.float64) for a, b in pairs)
    assert max(products) - min(products) <= allowed, f"{what}: inner products {products}"
