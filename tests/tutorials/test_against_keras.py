"""With weights and batch order copied, the loss of Keras's tutorials goes the same way here."""

import os
import warnings

import numpy as np
import pytest
from tutorials import BATCH, STEPS, TUTORIALS, made, plain, rows

import edunet

pytest.importorskip("torch", reason="Keras runs on PyTorch here: make test-peers")
os.environ.setdefault("KERAS_BACKEND", "torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    keras = pytest.importorskip("keras", minversion="3", reason="Keras 3 is not installed: make test-peers")

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras's warnings are not ours


@pytest.mark.parametrize("name", TUTORIALS)
def test_the_loss_goes_the_same_way(name):
    keras.utils.set_random_seed(0)
    (theirs, x, y), (ours, _, _) = (made(name, library) for library in (keras, edunet))
    ours.set_weights(theirs.get_weights())
    for a, b in zip(
        plain(ours.predict(rows(x, slice(BATCH)))), plain(theirs.predict(rows(x, slice(BATCH)), verbose=0)), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5 * np.abs(b).max())
    for step in range(STEPS):
        batch = slice(step * BATCH, (step + 1) * BATCH)
        a, b = (np.atleast_1d(m.train_on_batch(rows(x, batch), rows(y, batch)))[0] for m in (ours, theirs))
        if step in (0, STEPS - 1):
            assert float(a) == pytest.approx(float(b), rel=1e-4), f"step {step + 1}"
