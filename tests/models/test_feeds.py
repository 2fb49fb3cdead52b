"""Data of every kind: on disk, batches that an object makes, streams, tables, several inputs and outputs by name."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

import edunet
from edunet import layers, models
from edunet.models.examples import check_examples, gives_batches
from edunet.models.feeds import Batches, Rows, Stream

rng = np.random.default_rng(0)
X = rng.normal(size=(50, 4)).astype(np.float32)
Y = (X[:, 0] > 0).astype(int)


def model(**options):
    edunet.set_random_seed(0)
    made = models.Sequential([layers.Dense(3, activation="tanh", input_shape=(4,)), layers.Dense(2)])
    made.compile("sgd", "mse", **options)
    return made


def classifier(**options):
    edunet.set_random_seed(0)
    made = models.Sequential([layers.Dense(2, activation="softmax", input_shape=(4,))])
    made.compile("sgd", "sparse_categorical_crossentropy", **options)
    return made


def assert_same(one, other):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.history.history == other.history.history


def fitted(x, y=None, **options):
    made = classifier()
    made.fit(x, y, verbose=0, **{"batch_size": 8, "epochs": 2} | options)
    return made


class OnDisk:
    """Rows are read like those of a dataset of h5py: slices, or places in rising order."""

    def __init__(self, a):
        self.a, self.shape, self.dtype, self.most = a, a.shape, a.dtype, 0

    def __len__(self):
        return len(self.a)

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("read as a whole")

    def __getitem__(self, rows):
        assert isinstance(rows, slice) or (np.diff(rows) > 0).all(), "places must rise"
        part = self.a[rows]
        self.most = max(self.most, len(part))
        return part


class Sequence:
    """Makes batches, as a PyDataset of Keras does."""

    def __init__(self, x, y, size=8, weights=None):
        self.x, self.y, self.size, self.weights, self.ends = x, y, size, weights, 0

    def __len__(self):
        return -(-len(self.x) // self.size)

    def __getitem__(self, i):
        rows = slice(i * self.size, (i + 1) * self.size)
        batch = (self.x[rows], self.y[rows])
        return batch if self.weights is None else (*batch, self.weights[rows])

    def on_epoch_end(self):
        self.ends += 1


def endless(x, y, size=8):
    while True:
        yield from (Sequence(x, y, size)[i] for i in range(-(-len(x) // size)))


# ---------------------------------------------------------------- on disk


@pytest.fixture
def memmap(tmp_path):
    np.save(tmp_path / "x.npy", X)
    return np.load(tmp_path / "x.npy", mmap_mode="r")


@pytest.mark.parametrize("options", [{}, {"shuffle": False}, {"validation_split": 0.3}, {"steps_per_epoch": 3}])
def test_a_memmap_is_learnt_from_like_an_array(memmap, options):
    assert_same(fitted(memmap, Y, **options), fitted(X, Y, **options))


@pytest.mark.parametrize("options", [{}, {"shuffle": False}, {"validation_split": 0.3}])
def test_a_dataset_that_reads_rows_is_learnt_from_like_an_array(options):
    assert_same(fitted(OnDisk(X), OnDisk(Y), **options), fitted(X, Y, **options))


def test_from_disk_come_batches_only(monkeypatch):
    monkeypatch.setattr("edunet.models.examples.PIECE", 160)  # bytes, so ten rows are looked over at a time
    x = OnDisk(X)
    made = fitted(x, Y)
    made.evaluate(x, Y, batch_size=8, verbose=0)
    np.testing.assert_array_equal(made.predict(x, batch_size=8), made.predict(X, batch_size=8))
    assert x.most == 10


def test_what_is_wrong_on_disk_is_found_before_the_first_batch(tmp_path):
    broken = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", np.float32, (5000, 400))
    broken[4321, 7] = np.nan
    with pytest.raises(ValueError, match=r"x: 1 of 2000000 values are NaN .* the first at x\[4321, 7\]"):
        models.Sequential([layers.Dense(1, input_shape=(400,))]).predict(broken)


def test_grey_images_on_disk_get_their_channel_axis():
    edunet.set_random_seed(0)
    made = models.Sequential([layers.Flatten(input_shape=(2, 2, 1)), layers.Dense(1)])
    made.compile("sgd", "mse")
    grey = X.reshape(-1, 2, 2)
    np.testing.assert_array_equal(made.predict(OnDisk(grey)), made.predict(grey))
    assert np.isfinite(made.fit(OnDisk(grey), Y, verbose=0).history["loss"]).all()


def test_labels_on_disk_are_looked_over_in_pieces(monkeypatch):
    monkeypatch.setattr("edunet.models.examples.PIECE", 80)
    y = Y.copy()
    y[33] = 5
    with pytest.raises(ValueError, match="labels run from 0 to 5, but the model has 2 outputs"):
        classifier().fit(X, OnDisk(y), verbose=0)


def test_text_on_disk_is_refused():
    with pytest.raises(TypeError, match="x: expected numbers"):
        classifier().predict(OnDisk(np.array([["a"] * 4] * 3)))


MEMORY = """
    import resource, sys, numpy as np
    from edunet import layers, models
    x = np.lib.format.open_memmap(sys.argv[1], mode="w+", dtype=np.float32, shape=(50_000, 1024))  # 205 MB of zeros
    y = np.zeros(50_000, np.float32)
    m = models.Sequential([layers.Dense(1, input_shape=(1024,))])
    m.compile("sgd", "mse")
    m.fit(x[:500], y[:500], batch_size=500, verbose=0)
    import tracemalloc; tracemalloc.start()
    m.fit(x, y, batch_size=500, verbose=0)
    print(tracemalloc.get_traced_memory()[1])
"""


def test_a_set_of_200_mb_is_never_in_memory_as_a_whole(tmp_path):
    code = textwrap.dedent(MEMORY)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "x.npy")], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 20e6  # bytes: batches of 2 MB, pieces of 4 MB


# ---------------------------------------------------------------- what gives batches


@pytest.mark.parametrize(
    ("x", "batches"),
    [
        (X, False),
        ([1, 2], False),
        ({"a": 1}, False),
        (range(3), False),
        (OnDisk(X), False),
        (None, False),
        (Sequence(X, Y), True),
        (iter([X]), True),
        (zip([X], [Y], strict=True), True),
    ],
    ids=lambda v: type(v).__name__,
)
def test_what_gives_batches_is_told_from_examples(x, batches):
    assert gives_batches(x) == batches


def test_an_object_that_makes_batches_is_learnt_from_like_an_array():
    plain = fitted(X, Y, shuffle=False, validation_data=(X, Y))
    assert_same(fitted(Sequence(X, Y), shuffle=False, validation_data=Sequence(X, Y)), plain)


def test_its_batches_are_shuffled_and_it_hears_the_end_of_a_pass():
    source = Sequence(X, Y)
    made = fitted(source, epochs=3)
    assert source.ends == 3
    assert made.history.history != fitted(Sequence(X, Y), epochs=3, shuffle=False).history.history


def test_weights_come_with_the_batches():
    w = np.linspace(0, 2, len(X))
    plain = fitted(X, Y, shuffle=False, sample_weight=w, class_weight={0: 1, 1: 3})
    assert_same(fitted(Sequence(X, Y, weights=w), shuffle=False, class_weight={0: 1, 1: 3}), plain)


def test_a_generator_is_learnt_from_in_its_order():
    made = classifier()
    made.fit(endless(X, Y), epochs=2, steps_per_epoch=7, validation_data=endless(X, Y), validation_steps=7, verbose=0)
    assert_same(made, fitted(X, Y, shuffle=False, validation_data=(X, Y)))


def test_what_for_can_read_begins_anew_in_each_epoch():
    class Loader:
        def __iter__(self):
            return iter([(X[:25], Y[:25]), (X[25:], Y[25:])])

    assert_same(fitted(Loader()), fitted(X, Y, shuffle=False, batch_size=25))


def test_a_generator_that_ends_is_one_epoch():
    def once():
        yield X[:25], Y[:25]
        yield X[25:], Y[25:]

    assert_same(fitted(once(), epochs=1), fitted(X, Y, epochs=1, shuffle=False, batch_size=25))
    with pytest.raises(ValueError, match=r"the generator ended after 2 batches.*steps_per_epoch"):
        fitted(once(), epochs=2)
    with pytest.raises(ValueError, match=r"the generator ended after 2 batches"):
        fitted(once(), steps_per_epoch=3)


def test_evaluate_and_predict_take_batches():
    made = classifier(metrics=["accuracy"])
    expected = made.evaluate(X, Y, batch_size=8, verbose=0)
    assert made.evaluate(Sequence(X, Y), verbose=0) == expected
    assert made.evaluate(endless(X, Y), steps=7, verbose=0) == expected
    for source in (Sequence(X, Y), (X[i : i + 8] for i in range(0, 50, 8))):
        np.testing.assert_array_equal(made.predict(source), made.predict(X, batch_size=8))
    assert made.predict(X, batch_size=8, steps=2).shape == (16, 2)
    two_batches = made.evaluate(X[:16], Y[:16], batch_size=8, verbose=0)
    assert made.evaluate(X, Y, batch_size=8, steps=2, verbose=0) == two_batches


def test_a_model_without_input_shape_learns_its_shape_from_the_first_batch():
    made = models.Sequential([layers.Dense(2, activation="softmax")])
    made.compile("sgd", "sparse_categorical_crossentropy")
    made.fit(endless(X, Y), steps_per_epoch=2, verbose=0)
    assert made.count_params() == 10


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fitted(Sequence(X, Y), Y), r"Received Sequence: if it makes batches \(x, y\), leave y out"),
        (lambda: fitted(Sequence(X, Y), sample_weight=Y), r"x gives batches: weights come with them"),
        (lambda: fitted(Sequence(X, Y), validation_split=0.2), r"given as validation_data"),
        (
            lambda: fitted(iter([X])),
            r"each is \(x, y\) or \(x, y, sample_weight\), with many examples. Received ndarray",
        ),
        (lambda: fitted(iter([(X, Y, Y, Y)])), r"Received 4 things"),
        (lambda: fitted(Sequence(X[:0], Y)), r"has no batches: its len\(\) is 0"),
        (lambda: fitted(iter([]), steps_per_epoch=2), r"ended after 0 batches"),
        (lambda: fitted(iter([(X[0], Y[0])])), r"Received one example, x of shape \(4,\) .* x\[None\] with"),
        (lambda: fitted(Sequence(X[:, :3], Y)), r"the model expects \(N, 4\). Received \(8, 3\)"),
        (lambda: fitted(X, Y, steps_per_epoch=0), r"steps_per_epoch is a whole number >= 1"),
        (lambda: fitted(X, Y, validation_freq=0), r"validation_freq is a whole number >= 1"),
        (lambda: fitted(X, Y, validation_freq="2"), r"validation_freq is a whole number, or a list"),
    ],
)
def test_what_is_no_batch_is_said(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_the_broken_batch_is_named():
    y = Y.copy()
    y[20] = 7
    with pytest.raises(ValueError, match="labels run from 0 to 7") as caught:
        fitted(Sequence(X, y), shuffle=False)
    assert "in batch 2 of Sequence" in caught.value.__notes__


# ---------------------------------------------------------------- steps and validation


def test_a_fixed_number_of_steps_goes_on_where_the_last_epoch_ended():
    feed = Rows([np.arange(10)], [], None, 2, steps=3)
    feed.begin()
    first = [feed.take()[0][0].tolist() for _ in range(3)]
    feed.begin()
    assert [feed.take()[0][0].tolist() for _ in range(3)] == [[6, 7], [8, 9], [0, 1]]
    assert first == [[0, 1], [2, 3], [4, 5]]


@pytest.mark.parametrize(("freq", "epochs"), [(1, 4), (2, 2), (3, 1), ([1, 4], 2)])
def test_validation_now_and_then(freq, epochs):
    history = fitted(X, Y, epochs=4, validation_split=0.2, validation_freq=freq).history.history
    assert len(history["val_loss"]) == epochs
    assert len(history["loss"]) == 4


def test_validation_of_some_batches_of_another_size():
    made = fitted(X, Y, epochs=1, validation_data=(X, Y), validation_batch_size=10, validation_steps=2)
    expected = made.evaluate(X[:20], Y[:20], batch_size=10, verbose=0)
    assert made.history.history["val_loss"] == [expected]


def test_sources_are_of_three_kinds():
    made = classifier()
    assert isinstance(made._source(Sequence(X, Y), None), Batches)
    assert isinstance(made._source(endless(X, Y), None), Stream)


# ---------------------------------------------------------------- names, weights of several outputs


def two_by_two(**options):
    edunet.set_random_seed(0)
    blood, age = layers.Input((3,), name="blood"), layers.Input((1,), name="age")
    h = layers.Concatenate()([blood, age])
    outputs = [layers.Dense(1, activation="sigmoid", name="ill")(h), layers.Dense(1, name="days")(h)]
    made = models.Model([blood, age], outputs)
    made.compile("sgd", {"ill": "binary_crossentropy", "days": "mse"}, **options)
    return made


PARTS = [X[:, :3], X[:, 3:]]
LABELS = [Y, X[:, 2]]


def test_inputs_and_outputs_have_names():
    made = two_by_two()
    assert (made.input_names, made.output_names) == (["blood", "age"], ["ill", "days"])
    assert models.Sequential([layers.Dense(1, input_shape=(2,))]).input_names[0].startswith("input_layer")


def test_data_by_name():
    x, y = {"age": PARTS[1], "blood": PARTS[0]}, {"days": LABELS[1], "ill": LABELS[0]}
    by_name, by_place = two_by_two(), two_by_two()
    by_name.fit(x, y, verbose=0, shuffle=False, validation_data=(x, y))
    by_place.fit(PARTS, LABELS, verbose=0, shuffle=False, validation_data=(PARTS, LABELS))
    assert_same(by_name, by_place)
    for a, b in zip(by_name.predict(x), by_place.predict(PARTS), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("x", "y", "options", "message"),
    [
        ({"blod": X}, LABELS, {}, r"no input is called 'blod'; there are \['blood', 'age'\]. Did you mean 'blood'"),
        ({"blood": PARTS[0]}, LABELS, {}, r"x: 'age' is missing; expected all of"),
        (PARTS, {"il": Y}, {}, r"no output is called 'il'.*Did you mean 'ill'"),
        (
            PARTS,
            LABELS,
            {"class_weight": {0: 1.0, 1: 2.0}},
            r"say which one is meant, such as {'ill': {0: 1.0, 1: 5.0}}",
        ),
        (PARTS, LABELS, {"sample_weight": {"sick": Y}}, r"sample_weight: no output is called 'sick'"),
        (PARTS, LABELS, {"sample_weight": [Y, Y, Y]}, r"sample_weight: expected 2 arrays"),
    ],
)
def test_names_that_are_not_there(x, y, options, message):
    with pytest.raises(ValueError, match=message):
        two_by_two().fit(x, y, verbose=0, **options)


def test_each_output_has_its_weights():
    w = np.linspace(0, 2, len(X))
    ways = [
        {"sample_weight": [np.where(Y, 3.0, 1.0), w]},
        {"sample_weight": {"ill": np.where(Y, 3.0, 1.0), "days": w}},
        {"sample_weight": {"days": w}, "class_weight": {"ill": {0: 1.0, 1: 3.0}}},
    ]
    made = [two_by_two() for _ in ways]
    for one, options in zip(made, ways, strict=True):
        one.fit(PARTS, LABELS, verbose=0, shuffle=False, **options)
        assert_same(one, made[0])
    logged = two_by_two()
    logged.optimizer.learning_rate = 0.0
    days = logged.predict(PARTS)[1][:, 0]
    result = logged.evaluate(PARTS, LABELS, sample_weight=[None, w], return_dict=True, verbose=0, batch_size=50)
    assert result["days_loss"] == pytest.approx((w * (days - X[:, 2]) ** 2).mean(), rel=1e-5)


def test_weighted_metrics_get_the_weights_and_metrics_do_not():
    made = classifier(metrics=["accuracy"], weighted_metrics=["accuracy"])
    right = made.predict(X).argmax(axis=-1) == Y
    w = np.where(right, 1.0, 3.0)
    result = made.evaluate(X, Y, sample_weight=w, return_dict=True, verbose=0)
    assert list(result) == ["loss", "accuracy", "weighted_accuracy"]
    assert result["accuracy"] == pytest.approx(right.mean())
    assert result["weighted_accuracy"] == pytest.approx((w * right).sum() / w.sum())


def test_validation_may_have_weights():
    w = np.linspace(0, 2, len(X))
    made = fitted(X, Y, epochs=1, validation_data=(X, Y, w))
    assert made.history.history["val_loss"] == [made.evaluate(X, Y, sample_weight=w, batch_size=8, verbose=0)]


def test_tables_of_pandas():
    pandas = pytest.importorskip("pandas")
    frame, labels = pandas.DataFrame(X, columns=list("abcd")), pandas.Series(Y, index=range(100, 150))
    assert_same(fitted(frame, labels, validation_split=0.2), fitted(X, Y, validation_split=0.2))
    assert_same(fitted(frame, labels, sample_weight=labels + 1), fitted(X, Y, sample_weight=Y + 1))


def _table(**columns):
    return pytest.importorskip("pandas").DataFrame(columns)


def test_yes_or_no_beside_numbers_in_a_table():
    table = _table(age=[1.5, 2.0], ill=[True, False], visits=[3, 4])
    for same in (table, table.convert_dtypes()):
        np.testing.assert_array_equal(check_examples(same)[0], [[1.5, 1, 3], [2, 0, 4]])


def test_columns_that_may_be_missing_but_are_not():
    labels = _table(y=[0, 1]).convert_dtypes()["y"]
    assert check_examples(labels, "y")[0].dtype == np.int64


@pytest.mark.parametrize("nullable", [False, True])
def test_the_column_with_missing_values_is_named(nullable):
    table = _table(age=[1.5, 2.0, 3.0], ill=[True, None, None])
    with pytest.raises(ValueError, match=r"x: the column 'ill' misses 2 of 3 values.*x\['ill'\]\.fillna"):
        check_examples(table.convert_dtypes() if nullable else table)


def test_text_in_a_table_is_still_text():
    with pytest.raises(TypeError, match="column 'sex' is not numbers only, such as 'f'.*Text becomes numbers"):
        check_examples(_table(age=[1, 2], sex=["f", None]))


def test_sparse_matrices_are_told_the_repair():
    class Sparse:  # what SciPy hands over
        shape, dtype, ndim, nnz = (50, 4), X.dtype, 2, 7

        def toarray(self):
            return X

    with pytest.raises(TypeError, match=r"Received Sparse, which stores only what is not 0: give x.toarray\(\)"):
        fitted(Sparse(), Y)


def test_names_for_inputs_of_a_call_of_ones_own():
    class Own(models.Model):
        def call(self, inputs):
            return inputs

    with pytest.raises(TypeError, match="the inputs of this model have no names.*a, b = inputs"):
        Own().predict({"a": X, "b": X})


def test_items_that_are_single_examples():
    class Examples:
        def __len__(self):
            return len(X)

        def __getitem__(self, i):
            return X[i], Y[i]

    with pytest.raises(ValueError, match=r"item i is a batch of many examples.*one example, x of shape \(4,\)"):
        fitted(Examples())
