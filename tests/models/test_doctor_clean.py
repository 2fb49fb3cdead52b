"""model.doctor on what is in order: no finding; and what the report looks like."""

import numpy as np
import pytest

import edunet
from edunet import Model, Sequential
from edunet import layers as L
from edunet.datasets import allergy_record, blood_risk, doses, drug_order, lesions

rng = np.random.default_rng(0)
X = rng.normal(size=(300, 4)).astype(np.float32)
Y = (X[:, 0] + rng.normal(size=300) > 0).astype(int)


def compiled(*stack, loss="binary_crossentropy"):
    model = Sequential(list(stack))
    model.compile("adam", loss)
    return model


def table(columns):
    return compiled(L.Input((columns,)), L.Dense(8, activation="relu"), L.Dense(1, activation="sigmoid"))


def pictures(*shape):
    return compiled(L.Input(shape), L.Conv2D(4, 3, activation="relu"), L.Flatten(), L.Dense(1, activation="sigmoid"))


def codes(length):
    return compiled(L.Input((length,)), L.Embedding(100, 8), L.GRU(8), L.Dense(1, activation="sigmoid"))


COHORTS = {
    "blood_risk": (blood_risk, lambda: table(6), 1),
    "lesions": (lesions, lambda: pictures(24, 24, 1), 1),
    "allergy_record": (allergy_record, lambda: codes(60), 1),
    "doses": (doses, lambda: compiled(L.Input((72, 1)), L.GRU(8), L.Dense(1, activation="sigmoid")), 500),
    "drug_order": (drug_order, lambda: codes(64), 1),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n", [120, 3000])
@pytest.mark.parametrize(("cohort", "make", "scale"), COHORTS.values(), ids=COHORTS)
def test_generated_cohorts(cohort, make, scale, n, seed):
    patients = cohort.load(n, seed)
    report = make().doctor(patients.x / scale, patients.y, groups=patients.patient_id, validation_split=0.2)
    assert not report, report


def test_a_model_that_scales_by_itself():
    model = compiled(L.Input((4,)), L.BatchNormalization(), L.Dense(1, activation="sigmoid"))
    assert not model.doctor(X * [1, 1, 1, 5000], Y)


def test_a_forecast_by_a_model_that_looks_back():
    walk = np.cumsum(rng.normal(size=(300, 13, 1)), axis=1)
    model = compiled(L.Input((12, 1)), L.LSTM(4, return_sequences=True), L.Dense(1), loss="mse")
    assert not model.doctor(walk[:, :-1], walk[:, 1:])


def test_the_next_code_by_a_causal_transformer():
    text = rng.integers(0, 20, (300, 13))
    x = L.Input((12,), dtype="int32")
    h = L.PositionEmbedding(12)(L.Embedding(20, 8)(x))
    y = L.Dense(20, activation="softmax")(L.TransformerEncoder(16, 2, use_causal_mask=True)(h))
    model = Model(x, y)
    model.compile("adam", "sparse_categorical_crossentropy")
    assert not model.doctor(text[:, :-1], text[:, 1:])


def test_an_autoencoder_of_pictures():
    model = compiled(L.Input((6, 6, 1)), L.Conv2D(2, 3, padding="same", activation="relu"), L.Conv2D(1, 1), loss="mse")
    x = rng.normal(size=(50, 6, 6, 1))
    assert not model.doctor(x, x)


def test_padding_that_is_masked():
    x = rng.normal(size=(300, 9, 2)) * (np.arange(9) < rng.integers(3, 10, 300)[:, None])[..., None]
    model = compiled(L.Input((9, 2)), L.Masking(), L.GRU(4), L.Dense(1, activation="sigmoid"))
    assert not model.doctor(x, Y)


def test_a_questionnaire_has_equal_rows_by_chance():
    assert not table(3).doctor(rng.integers(0, 2, (300, 3)), Y)


def test_pictures_laid_flat_are_black_at_the_border():
    x = rng.random((300, 16, 16)) * np.pad(np.ones((12, 12)), 2)
    assert not table(256).doctor(x.reshape(300, 256), Y)


def test_a_layer_of_ones_own_at_the_end_is_not_judged():
    class Sigmoid(L.Layer):
        def call(self, x):
            return edunet.ops.sigmoid(x)

    assert not compiled(L.Input((4,)), L.Dense(1), Sigmoid()).doctor(X, Y)


def test_a_rare_class_with_a_weight():
    assert not table(4).doctor(X, (np.arange(300) < 8).astype(int), class_weight={0: 1.0, 1: 30.0})


def test_whole_patients_on_either_side():
    assert not table(4).doctor(X, Y, groups=np.arange(300) // 30, validation_split=0.2)


def test_two_inputs_and_two_outputs():
    a, b = L.Input((4,)), L.Input((2,))
    h = L.Concatenate()([a, b])
    model = Model([a, b], [L.Dense(1, activation="sigmoid")(h), L.Dense(2)(h)])
    model.compile("adam", ["binary_crossentropy", "mse"])
    other = rng.normal(size=(300, 2))
    assert not model.doctor([X, other], [Y, rng.normal(size=(300, 2))])


def test_a_model_of_ones_own_that_has_not_seen_data():
    class Own(Model):
        def __init__(self):
            super().__init__()
            self.layer = L.Dense(1, activation="sigmoid")

        def call(self, x):
            return self.layer(x)

    model = Own()
    model.compile("adam", "binary_crossentropy")
    assert not model.doctor(X, Y)
    assert "labels against loss" in model.doctor(X, Y + 1).names()


# ---------------------------------------------------------------- the report


def test_a_report_of_nothing():
    report = table(4).doctor(X, Y)
    assert len(report) == 0
    assert str(report).startswith("No finding. Looked at: labels against loss, ")
    assert "<b>No finding.</b>" in report._repr_html_()


def test_a_report_of_something():
    report = table(4).doctor(X * [1, 1, 1, 5000], 2 * Y)
    assert len(report) == len(list(report)) == len(report.findings) == 2
    assert str(report).startswith("2 findings before training:\n1. labels against loss: ")
    page = report._repr_html_()
    assert page.count("<div style=") == 2
    assert "class=" not in page


def test_what_comes_from_the_data_is_escaped():
    class Frame:
        """What a table of pandas shows of itself."""

        columns = ("<b>age</b>", "bmi", "crp", "sex")

        def __array__(self, dtype=None, copy=None):
            return X * [0, 1, 1, 1]

    report = table(4).doctor(Frame(), Y)
    assert "<b>age</b> is always 0" in str(report)
    assert "&lt;b&gt;age&lt;/b&gt; is always 0" in report._repr_html_()


ODD = [
    *(None, 1, "a", [], np.nan, iter([1]), {"a": [1]}, X[:1], X[..., None], X.astype(float) * 1e300),
    *(
        np.full((5, 4), np.nan),
        np.zeros((5, 4), complex),
        np.array([{}] * 5),
        np.array(["2020-01-01"], "datetime64[D]"),
    ),
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:20])
def test_it_never_raises(odd):
    for x, y in ((odd, Y), (X, odd), (odd, odd)):
        report = table(4).doctor(x, y, groups=odd, validation_split=0.2)
        assert report
        assert "not looked at" not in str(report)


def test_training_goes_on_as_if_nobody_had_looked():
    def trained(look):
        edunet.set_random_seed(3)
        model = compiled(L.Dense(4, activation="relu"), L.Dropout(0.5), L.Dense(1, activation="sigmoid"))
        if look:
            model.doctor(X, Y, validation_data=(X, Y))
        model.fit(X, Y, epochs=2, verbose=0)
        return model.get_weights()

    for a, b in zip(trained(True), trained(False), strict=True):
        np.testing.assert_array_equal(a, b)
