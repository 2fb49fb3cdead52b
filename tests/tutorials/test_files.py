"""Keras's tutorials, trained a step, come back from a file and from ONNX with the same predictions."""

import numpy as np
import pytest
from tutorials import BATCH, TUTORIALS, made, plain, rows

import edunet
from edunet.interop import to_onnx


@pytest.fixture(params=TUTORIALS)
def trained(request):
    """Return a model that has learnt for a step, a few inputs, and what it predicts for them."""
    model, x, y = made(request.param, edunet)
    few = rows(x, slice(BATCH))
    model.train_on_batch(few, rows(y, slice(BATCH)))
    return model, few, plain(model.predict(few))


def test_saved_and_loaded_it_predicts_the_same(trained, tmp_path):
    model, few, before = trained
    model.save(tmp_path / "model.safetensors")
    again = edunet.models.load_model(tmp_path / "model.safetensors")
    for a, b in zip(plain(again.predict(few)), before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_exported_it_predicts_the_same(trained):
    model, few, before = trained
    runtime = pytest.importorskip("onnxruntime", reason='ONNX is not installed: pip install "edunet-med[interop]"')
    session = runtime.InferenceSession(to_onnx(model).SerializeToString(), providers=["CPUExecutionProvider"])
    inputs = few if isinstance(few, list) else [few]
    kinds = {"tensor(float)": np.float32, "tensor(int32)": np.int32}
    fed = {i.name: x.astype(kinds[i.type]) for i, x in zip(session.get_inputs(), inputs, strict=True)}
    for a, b in zip(session.run(None, fed), before, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5 * np.abs(b).max())
