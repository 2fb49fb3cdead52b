"""Kernels of attention: who may look, extreme scores, pieces of the queries."""

import numpy as np
import pytest
from calls import Call, fill, named, prepare
from checks import check_adjoint, check_values, compare
from hypothesis import given, settings
from hypothesis import strategies as st

FORWARD, BACKWARD = named("attention_forward"), named("attention_backward")
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
KERNELS = pytest.mark.parametrize("kernel", [FORWARD, BACKWARD], ids=["forward", "backward"])
PLACE = {"B": 2, "T": 5, "S": 5, "d": 7, "e": 3}


@DTYPES
@given(data=st.data())
def test_dv_is_the_adjoint_of_z(backend, dtype, data):
    """z is linear in v."""
    sizes = data.draw(FORWARD.op.drawn, label="sizes")
    back = prepare(BACKWARD, sizes, dtype)
    z = fill(FORWARD.function, prepare(FORWARD, sizes, dtype))["z"]
    check_adjoint("attention", [(z, back.given["dz"]), (back.given["v"], fill(BACKWARD.function, back)["dv"])])


@DTYPES
@KERNELS
@pytest.mark.parametrize("look", ["all", "blind"])
@pytest.mark.parametrize(
    "size",
    [{"S": 1}, {"T": 1}, {"T": 0}, {"d": 1}, {"e": 1}, dict.fromkeys("BTSde", 1), {"T": 9, "horizon": 0}],
    ids=str,
)
def test_edges(backend, dtype, kernel, look, size):
    check_values(kernel.function, prepare(kernel, {**PLACE, "look": look, **size}, dtype))


@KERNELS
@pytest.mark.parametrize("axis", "TSde")
def test_every_tail_of_a_tile(backend, kernel, axis):
    for n in range(1, 68):
        check_values(kernel.function, prepare(kernel, {**PLACE, "B": 1, axis: n}, np.float32))


@pytest.mark.parametrize("horizon", [0, 1, 40])
@KERNELS
def test_horizons_that_end_inside_a_block(backend, kernel, horizon):
    for n in range(50, 70):
        check_values(kernel.function, prepare(kernel, {**PLACE, "T": n, "S": n, "horizon": horizon}, np.float32))


def test_one_key_is_the_answer(backend):
    call = prepare(FORWARD, {**PLACE, "S": 1}, np.float32)
    z = fill(FORWARD.function, call)["z"]
    np.testing.assert_array_equal(z, np.broadcast_to(call.given["v"], z.shape))


@pytest.mark.parametrize("made", ["z", "lse"])
def test_a_blind_query_gets_nothing(backend, made):
    a = fill(FORWARD.function, prepare(FORWARD, {**PLACE, "look": "blind"}, np.float32))[made]
    assert not a[:, -1].any()
    assert a[:, 0].all()


def test_a_blind_query_asks_for_nothing(backend):
    back = prepare(BACKWARD, {**PLACE, "look": "blind"}, np.float32)
    dq = fill(BACKWARD.function, back)["dq"]
    assert not dq[:, -1].any()


@DTYPES
@KERNELS
def test_large_scores_stay_finite(backend, dtype, kernel):
    rng = np.random.default_rng(0)
    q, k = 30 * rng.normal(size=(2, 2, 5, 7))
    made = fill(kernel.function, prepare(kernel, PLACE, dtype, q=q, k=k))
    assert [name for name, a in made.items() if not np.isfinite(a).all()] == []


def test_a_score_of_minus_infinity_is_a_key_that_is_not_seen(backend):
    k = np.array([[[-np.inf], [0.5], [-1.0]]] * 2)
    sizes = {"B": 2, "T": 4, "S": 3, "d": 1, "e": 19}
    call = prepare(FORWARD, sizes, np.float32, q=np.full((2, 4, 1), 2.0), k=k)
    seen = prepare(
        FORWARD, {**sizes, "S": 2}, np.float32, q=np.full((2, 4, 1), 2.0), k=k[:, 1:], v=call.given["v"][:, 1:]
    )
    expected = fill(FORWARD.function, seen)
    for name, a in fill(FORWARD.function, call).items():
        np.testing.assert_allclose(a, expected[name], rtol=1e-6, atol=1e-6)


def test_a_broken_key_that_nobody_may_see_does_no_harm(backend):
    mask = np.broadcast_to(np.arange(5) != 2, (2, 5, 5))
    call = prepare(FORWARD, PLACE, np.float32, mask=mask)
    call.given["k"][:, 2] = np.nan
    made = fill(FORWARD.function, call)
    assert [name for name, a in made.items() if np.isnan(a).any()] == []


def test_a_broken_key_of_the_future_does_no_harm(backend):
    call = prepare(FORWARD, {**PLACE, "horizon": 0}, np.float32)
    call.given["k"][:, 3] = np.nan
    broken = np.isnan(fill(FORWARD.function, call)["lse"])
    assert broken.tolist() == [[False, False, False, True, True]] * 2


@settings(max_examples=10)
@given(data=st.data(), dtype=st.sampled_from([np.float32, np.float64]), cut=st.integers(1, 6))
def test_a_piece_of_the_queries_is_a_call_of_its_own(backend, data, dtype, cut):
    """Later queries have a wider horizon: query i of the piece is query cut + i."""
    sizes = data.draw(FORWARD.op.drawn, label="sizes") | {"B": 1, "T": 7}
    call = prepare(FORWARD, sizes, dtype)
    whole = fill(FORWARD.function, call)
    mask = call.given["mask"]
    part = call.having(
        q=call.given["q"][:, cut:], mask=mask[:, cut:] if mask.size else mask, horizon=call.given["horizon"] + cut
    )
    made = {name: ((1, 7 - cut, *shape[2:]), dtype) for name, (shape, dtype) in call.made.items()}
    for name, a in fill(FORWARD.function, Call(FORWARD, part.given, made)).items():
        compare(f"{name} of a piece", a, whole[name][:, cut:], 1e-5 if dtype == np.float32 else 1e-10)
