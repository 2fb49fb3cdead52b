"""The contract of edunet/kernels/__init__.py, kernel by kernel and backend by backend, against NumPy in float64."""

import inspect

import numpy as np
import pytest
from calls import KERNELS, Kernel, fill, is_float, prepare
from checks import check_equal, check_nan, check_pieces, check_repeats, check_slope, check_values, is_shared
from hypothesis import given, settings
from hypothesis import strategies as st
from records import OPS

from edunet.backend import FAMILIES, kernels, use_backend

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
EVERY = pytest.mark.parametrize("kernel", KERNELS, ids=str)
FORMULAS = pytest.mark.parametrize("op", [op for op in OPS if not op.in_place], ids=lambda op: f"{op.family}-{op.name}")
LARGE = [(k, number) for k in KERNELS for number in range(len(k.op.large))]
CUT = [k for k in KERNELS if not k.op.in_place and k.op.name != "batch_norm"]  # what threads may cut

NO_DX = {"conv", "rnn", "gru", "lstm"}  # where a dx of size zero means: not wanted

BATCH = {"N", "B", "M"}  # how the records call the size of the batch
PLAIN = {"mask": "none", "look": "all", "horizon": None, "relu": False, "activation": "tanh", "ties": False}


def draw(data, op, batch=None, **fixed):
    """Return sizes; `batch` and `fixed` stand for what the record would let Hypothesis choose."""
    fixed |= dict.fromkeys(BATCH, batch) if batch is not None else {}
    return {**data.draw(op.drawn, label="sizes"), **{name: n for name, n in fixed.items() if name in op.sizes}}


def public(module):
    return {n for n, f in vars(module).items() if inspect.isroutine(f) and not n.startswith("_")}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_kernel_has_its_record(family):
    with use_backend("numpy"):
        assert public(kernels(family)) == {k.name for k in KERNELS if k.op.family == family}


@EVERY
@DTYPES
@given(data=st.data())
def test_fills_its_arrays_with_what_numpy_finds(backend, kernel, dtype, data):
    check_values(kernel.function, prepare(kernel, draw(data, kernel.op), dtype))


@pytest.mark.parametrize(("kernel", "number"), LARGE, ids=lambda a: str(a))
@DTYPES
def test_fills_large_arrays_too(backend, kernel, number, dtype):
    check_values(kernel.function, prepare(kernel, kernel.op.large[number], dtype))


@EVERY
@DTYPES
@settings(max_examples=4)
@given(data=st.data())
def test_an_empty_batch(backend, kernel, dtype, data):
    batch = 1 if kernel.op.name == "batch_norm" else 0  # an empty batch has no mean
    check_values(kernel.function, prepare(kernel, draw(data, kernel.op, batch, size=0), dtype))


@pytest.mark.parametrize("kernel", [k for k in KERNELS if k.way == "backward" and k.op.family in NO_DX], ids=str)
@DTYPES
@settings(max_examples=8)
@given(data=st.data())
def test_a_dx_of_size_zero_is_left_out(backend, kernel, dtype, data):
    call = prepare(kernel, draw(data, kernel.op), dtype)
    check_values(kernel.function, call.making(dx=(0,) * call.given["x"].ndim))


@pytest.mark.parametrize("kernel", [k for k in KERNELS if k.way == "backward" and k.op.family == "conv"], ids=str)
@DTYPES
@settings(max_examples=8)
@given(data=st.data())
def test_a_dw_of_size_zero_is_left_out_and_x_is_not_read(backend, kernel, dtype, data):
    call = prepare(kernel, draw(data, kernel.op), dtype)
    call = call.having(x=np.full_like(call.given["x"], np.nan)).making(dw=(0, 0, 0, 0))
    check_values(kernel.function, call)


@EVERY
@settings(max_examples=5)
@given(data=st.data(), dtype=st.sampled_from([np.float32, np.float64]))
def test_two_runs_give_the_same_bits(backend, kernel, data, dtype):
    check_repeats(kernel.function, prepare(kernel, draw(data, kernel.op), dtype))


@pytest.mark.parametrize("kernel", CUT, ids=str)
@settings(max_examples=10)
@given(data=st.data(), dtype=st.sampled_from([np.float32, np.float64]), cut=st.integers(0, 7))
def test_a_row_does_not_depend_on_the_size_of_its_batch(backend, kernel, data, dtype, cut):
    """Threads cut batches, and nobody may see how many there were. In NumPy BLAS chooses its sums by the size."""
    call = prepare(kernel, draw(data, kernel.op, batch=7), dtype)
    check_pieces(kernel.function, call, cut, exact=kernel.function is not kernel.definition)


@EVERY
@settings(max_examples=10)
@given(data=st.data(), dtype=st.sampled_from([np.float32, np.float64]), row=st.integers(0, 2))
def test_a_broken_number_reaches_what_depends_on_it_and_nothing_else(backend, kernel, data, dtype, row):
    call = prepare(kernel, draw(data, kernel.op, batch=3, size=3, **PLAIN), dtype)
    broken = [n for n, a in call.given.items() if is_float(a) and a.size and len(a) == 3 and not is_shared(n)]
    if kernel.way == "backward":  # the gradients that arrive
        broken = [n for n in broken if n not in Kernel(kernel.op, "forward").parameters]
    check_nan(kernel.function, call, data.draw(st.sampled_from(broken), label="broken"), row)


@FORMULAS
@settings(max_examples=8)
@given(data=st.data())
def test_outputs_change_as_the_gradients_say(backend, op, data):
    check_slope(Kernel(op, "forward").function, Kernel(op, "backward").function, op, draw(data, op, ties=False))


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=5)
@given(data=st.data(), dtype=st.sampled_from([np.float32, np.float64]))
def test_plain_loops_equal_the_tiled_ones(backend, family, large, data, dtype):
    """A kernel made of tiles may have a twin made of plain loops, whose name ends in _naive."""
    module, known = kernels(family), {k.name: k for k in KERNELS}
    twins = {name.removesuffix("_naive") for name in vars(module) if name.endswith("_naive")}
    assert twins <= known.keys()
    for name in sorted(twins):
        op = known[name].op
        sizes = data.draw(st.sampled_from(op.large) if large else op.drawn, label=name)
        call = prepare(known[name], sizes, dtype)
        check_values(getattr(module, f"{name}_naive"), call)
        check_equal(getattr(module, name), getattr(module, f"{name}_naive"), call)


def test_denormal_numbers_are_still_alive(backend):
    """A library that sets the processor to flush them to zero would do so for all of Python."""
    for kernel in KERNELS:
        fill(kernel.function, prepare(kernel, kernel.op.large[0], np.float32))
    assert np.float32(1e-40) * np.float32(0.5) != 0
    assert np.float64(1e-310) * 0.5 != 0
    assert (np.full(100, 1e-40, np.float32) * np.float32(0.5)).all()
