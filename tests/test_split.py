"""Split kernels: the same numbers as in one piece, to the last bit for every number of threads."""

import functools
import inspect
from types import ModuleType

import numpy as np
import pytest

import edunet
from edunet import backend as choice
from edunet import ops, split, threads


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(split, "CHUNK", 1)  # so that small arrays are split
    monkeypatch.setattr(split, "LARGE", 1)
    monkeypatch.setattr(split, "PER_WEIGHT", 1)
    monkeypatch.setattr(split, "STEP", 1)
    monkeypatch.setattr(threads, "_threads", 1)
    monkeypatch.setattr(threads, "_asked", True)


def numbers(*shape, dtype=np.float32):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(dtype)


def sequence(gates, bias, states=1):
    def inputs(N, dtype):
        weights = [(5, gates * 4), (4, gates * 4), bias]
        return [numbers(*shape, dtype=dtype) for shape in [(N, 7, 5), *weights, *[(N, 4)] * states]]

    return inputs


def some_steps(N):
    return {"mask": np.arange(7) < np.arange(N)[:, None] % 8}


def heads(leading, T, S, d=5, e=3):
    def inputs(N, dtype):
        return [numbers(*leading(N), *table, dtype=dtype) for table in ((T, d), (S, d), (S, e))]

    return inputs


def image(*weights):
    def inputs(N, dtype):
        return [numbers(N, 9, 8, 3, dtype=dtype), *(numbers(*shape, dtype=dtype) for shape in weights)]

    return inputs


def table(*weights):
    def inputs(N, dtype):
        return [numbers(N, 6, dtype=dtype), *(numbers(*shape, dtype=dtype) for shape in weights)]

    return inputs


def nothing(N):
    return {}


# name: (formula, inputs(N, dtype), options(N))
CALLS = {
    "conv2d": (ops.conv2d, image((3, 2, 3, 5), (5,)), lambda N: {"padding": "same", "relu": True}),
    "conv2d strided": (ops.conv2d, image((2, 2, 3, 5), (5,)), lambda N: {"stride": 2, "dilation": (1, 2)}),
    "transposed": (ops.conv2d_transpose, image((3, 2, 5, 3), (5,)), lambda N: {"stride": 2, "padding": "same"}),
    "depthwise": (ops.depthwise_conv2d, image((3, 3, 3, 2), (6,)), nothing),
    "max_pool": (ops.max_pool2d, image(), lambda N: {"window": 3, "stride": 2, "padding": "same"}),
    "avg_pool": (ops.avg_pool2d, image(), lambda N: {"window": 3, "stride": 2, "padding": "same"}),
    "rnn": (ops.simple_rnn, sequence(1, (4,)), some_steps),
    "gru": (ops.gru, sequence(3, (2, 12)), some_steps),
    "gru before": (ops.gru, sequence(3, (12,)), lambda N: {"reset_after": False}),
    "lstm": (ops.lstm, sequence(4, (16,), states=2), some_steps),
    "attention": (ops.attention, heads(lambda N: (N, 2), 6, 7), lambda N: {"mask": numbers(N, 1, 6, 7) > -1}),
    "attention causal": (ops.attention, heads(lambda N: (N, 2), 6, 6), lambda N: {"causal": True}),
    "long attention": (ops.attention, heads(lambda N: (min(N, 1),), 40, 40), lambda N: {"causal": True}),
    "long masked": (ops.attention, heads(lambda N: (min(N, 3),), 23, 30), lambda N: {"mask": numbers(23, 30) > 0}),
    "layer_norm": (ops.layer_norm, table((6,), (6,)), nothing),
    "softmax": (ops.softmax_crossentropy, table(), lambda N: {"target": numbers(N, 6) ** 2}),
    "sparse": (ops.sparse_softmax_crossentropy, table(), lambda N: {"labels": np.arange(N) % 6}),
    "sigmoid": (ops.sigmoid_crossentropy, table(), lambda N: {"target": numbers(N, 6) > 0}),
}


def both_passes(call, N, dtype=np.float32, **flags):
    """Return every output and every gradient of one formula."""
    formula, inputs, options = CALLS[call]
    y, backward = formula.__wrapped__(*inputs(N, dtype), **options(N))
    ys = y if isinstance(y, tuple) else (y,)
    return [*ys, *backward(*(numbers(*a.shape, dtype=dtype) for a in ys), **flags)]


def same_bits(found, expected):
    return all(a.tobytes() == b.tobytes() for a, b in zip(found, expected, strict=True) if b is not None)


@pytest.fixture
def _split_numpy(monkeypatch):
    monkeypatch.setattr(choice, "_ready", lambda family, backend: split.split(choice._load(family, "numpy")))


@pytest.mark.usefixtures("_split_numpy")
@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("N", [0, 1, 2, 5, 26])
@pytest.mark.parametrize("call", CALLS)
def test_pieces_make_the_whole(call, N, n, monkeypatch):
    edunet.set_num_threads(n)
    found = both_passes(call, N, np.float64)
    monkeypatch.setattr(split, "CHUNK", np.inf)
    monkeypatch.setattr(split, "LARGE", np.inf)
    for a, b in zip(found, both_passes(call, N, np.float64), strict=True):
        if b is None:  # an input that was not given
            continue
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("N", [1, 2, 5, 26])
@pytest.mark.parametrize("call", CALLS)
def test_the_number_of_threads_changes_no_bit(call, N, backend):
    expected = both_passes(call, N)
    for n in (2, 3, 5):
        edunet.set_num_threads(n)
        assert same_bits(both_passes(call, N), expected), f"{n} threads"


@pytest.mark.usefixtures("_split_numpy")
@pytest.mark.parametrize("call", ["conv2d", "depthwise", "rnn", "gru", "lstm"])
def test_a_gradient_that_is_not_wanted_stays_out(call):
    edunet.set_num_threads(3)
    expected = both_passes(call, 26)
    wanted = (False, *[True] * (len(CALLS[call][1](1, np.float32)) - 1))
    found = both_passes(call, 26, wanted=wanted)
    dx = len(found) - len(wanted)
    assert found[dx] is None or found[dx].size == 0
    assert same_bits(found[dx + 1 :], expected[dx + 1 :])


# ---------------------------------------------------------------- who computes what


def spy(name, parameters, **options):
    """Return a module of one kernel that notes what it was called with."""
    calls = []
    text = f"def {name}({parameters}): calls.append(dict(locals().copy()))"
    module = ModuleType("spies")
    exec(text, {"calls": calls}, vars(module))
    return split.split(module, **options), calls


def test_one_thread_and_no_sums_is_one_call():
    module, calls = spy("conv2d_forward", "x, w, b, stride, dilation, pad, relu, y")
    x, w, y = np.zeros((8, 4, 4, 1)), np.zeros((2, 2, 1, 9)), np.zeros((8, 3, 3, 9))
    module.conv2d_forward(x, w, np.zeros(9), (1, 1), (1, 1), (0, 0), False, y)
    assert len(calls) == 1
    assert calls[0]["x"] is x
    edunet.set_num_threads(3)
    module.conv2d_forward(x, w, np.zeros(9), (1, 1), (1, 1), (0, 0), False, y)
    assert [len(c["x"]) for c in sorted(calls[1:], key=lambda c: c["x"].ctypes.data)] == [2, 3, 3]
    assert all(c["w"] is w and c["y"].base is y and len(c["y"]) == len(c["x"]) for c in calls[1:])


@pytest.mark.parametrize(("least", "calls_made"), [(1.0, 2), (1.001, 1)])
def test_a_walk_is_split_if_its_steps_are_long(least, calls_made, monkeypatch):
    monkeypatch.setattr(split, "STEP", least * 4 * 12 * (3 * 4 + 4 * 4))
    edunet.set_num_threads(2)
    module, calls = spy("simple_rnn_forward", "x, wx, wh, b, h0, mask, activation, h", walked=True)
    x, h = np.zeros((12, 50, 3)), np.zeros((12, 50, 4))
    module.simple_rnn_forward(x, np.zeros((3, 4)), np.zeros((4, 4)), np.zeros(4), h[:, 0], np.zeros((0, 0)), "tanh", h)
    assert len(calls) == calls_made


@pytest.mark.parametrize("B", [1, 3, 9])
def test_a_hidden_key_that_is_nan_reaches_the_same_queries_on_every_number_of_threads(B, backend):
    q, k, v = numbers(B, 300, 4), numbers(B, 300, 4), numbers(B, 300, 3)
    v[:, 250] = np.nan
    expected = ops.attention(q, k, v, causal=True)
    for n in (2, 3, 7):
        edunet.set_num_threads(n)
        np.testing.assert_array_equal(ops.attention(q, k, v, causal=True), expected)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("dilation", [1, 2, 4])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_one_image_in_bands_has_the_same_bits(stride, dilation, padding, backend):
    x, w, b = numbers(1, 11, 10, 3), numbers(3, 2, 3, 5), numbers(5)
    call = functools.partial(ops.conv2d, x, w, b, stride=stride, dilation=dilation, padding=padding, relu=True)
    expected = call()
    for n in (2, 3, 50):
        edunet.set_num_threads(n)
        assert call().tobytes() == expected.tobytes(), f"{n} threads"


def test_one_image_is_cut_into_bands():
    edunet.set_num_threads(3)
    module, calls = spy("conv2d_forward", "x, w, b, stride, dilation, pad, relu, y")
    x, w, y = np.zeros((1, 10, 4, 1)), np.zeros((3, 2, 1, 9)), np.zeros((1, 10, 3, 9))
    module.conv2d_forward(x, w, np.zeros(9), (1, 1), (1, 1), (1, 0), False, y)
    calls.sort(key=lambda c: c["y"].ctypes.data)
    assert [(c["y"].shape[1], c["x"].shape[1], c["pad"]) for c in calls] == [
        (3, 4, (1, 0)),
        (3, 5, (0, 0)),
        (4, 5, (0, 0)),
    ]
    assert all(c["x"].flags.c_contiguous and c["y"].flags.c_contiguous for c in calls)


@pytest.mark.parametrize("n", [1, 3])
def test_chunks_that_form_sums_do_not_depend_on_the_threads(n):
    edunet.set_num_threads(n)
    module, calls = spy("layer_norm_backward", "dy, x, gamma, epsilon, mean, variance, dx, dgamma, dbeta")
    x, one, c = np.zeros((20, 9)), np.zeros(20), np.zeros(9)
    module.layer_norm_backward(x, x, c, 0.1, one, one, x, c, c)
    assert sorted(len(c["x"]) for c in calls) == [2, 2, 2, 2, 3, 3, 3, 3]


@pytest.mark.parametrize("n", [1, 4])
def test_patients_are_cut_where_the_kernel_takes_them_together(n):
    edunet.set_num_threads(n)
    module, calls = spy("simple_rnn_backward", "dh, x, wx, wh, h0, mask, activation, h, dx, dwx, dwh, db, dh0")
    h, w, b, state = np.zeros((32, 5, 4)), np.zeros((4, 4)), np.zeros(4), np.zeros((32, 4))
    module.simple_rnn_backward(h, h, w, w, state, np.zeros((0, 0), bool), "tanh", h, h[:0], w, w, b, state)
    assert sorted(len(c["x"]) for c in calls) == [14, 18]
    assert all(c["dx"].shape == (0, 5, 4) and c["mask"].shape == (0, 0) for c in calls)


@pytest.mark.parametrize("n", [1, 2, 9])
@pytest.mark.parametrize(("B", "pieces"), [(1, 4), (2, 8), (3, 6), (7, 14)])
def test_few_heads_are_cut_along_their_queries_by_the_problem_alone(B, pieces, n):
    edunet.set_num_threads(n)
    module, calls = spy("attention_backward", "dz, q, k, v, mask, horizon, z, lse, dq, dk, dv")
    q, lse = np.zeros((B, 50, 4)), np.zeros((B, 50))
    with np.errstate(all="ignore"):  # the spy fills nothing: what is added is anything
        module.attention_backward(q, q, q, q, np.zeros((0, 0, 0), bool), 0, q, lse, q, q, q)
    assert len(calls) == pieces
    assert all(a.flags.c_contiguous for c in calls for a in c.values() if isinstance(a, np.ndarray))


def test_little_work_is_one_call(monkeypatch):
    monkeypatch.setattr(split, "CHUNK", 15e6)
    monkeypatch.setattr(split, "LARGE", 15e6)
    edunet.set_num_threads(4)
    module, calls = spy("conv2d_forward", "x, w, b, stride, dilation, pad, relu, y")
    x, w, y = np.zeros((1, 28, 28, 1)), np.zeros((3, 3, 1, 32)), np.zeros((1, 26, 26, 32))
    module.conv2d_forward(x, w, np.zeros(32), (1, 1), (1, 1), (0, 0), True, y)
    assert len(calls) == 1


# ---------------------------------------------------------------- rules


def kernels_of(family):
    module = choice._load(family, "numpy")
    found = {n: f for n, f in vars(module).items() if inspect.isfunction(f) and not n.startswith("_")}
    return {n: f for n, f in found.items() if f.__module__ == module.__name__}


@pytest.mark.parametrize("family", choice.FAMILIES)
def test_of_every_kernel_somebody_decided_whether_it_is_split(family):
    whole = {"batch_norm_forward", "batch_norm_backward"}
    for name, kernel in kernels_of(family).items():
        known = name in split.COST or name.startswith("attention_") or name in whole or name.endswith("_update")
        assert known, f"{name}: give it a line in split.COST"
        if name in split.COST:
            asked = inspect.signature(split.COST[name]).parameters
            assert set(asked) <= set(inspect.signature(kernel).parameters), name


def test_split_kernels_keep_name_page_and_signature(backend):
    module, plain = choice.kernels("conv"), choice._load("conv", backend)
    assert module.__name__ == plain.__name__
    assert module.conv2d_forward.__name__ == "conv2d_forward"
    assert [*inspect.signature(module.conv2d_forward).parameters][:2] == ["x", "w"]
    assert choice.kernels("conv") is module


def test_numpy_is_never_split():
    with edunet.use_backend("numpy"):
        assert choice.kernels("conv") is choice._load("conv", "numpy")


def test_an_error_in_a_chunk_reaches_the_caller():
    def sigmoid_crossentropy_forward(z, target, loss, p):
        raise ValueError("in the kernel")

    module = ModuleType("broken")
    module.sigmoid_crossentropy_forward = sigmoid_crossentropy_forward
    edunet.set_num_threads(2)
    with pytest.raises(ValueError, match="in the kernel"):
        split.split(module).sigmoid_crossentropy_forward(*[np.zeros(99)] * 4)
