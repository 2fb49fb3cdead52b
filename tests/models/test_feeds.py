"""Where batches come from: an object that makes them, a stream, rows; how many, and which to judge by."""

import numpy as np
import pytest
from data_sources import OnDisk, Sequence, X, Y, assert_same, classifier, endless, fitted

from edunet import layers, models
from edunet.models.examples import gives_batches
from edunet.models.feeds import Batches, Rows, Stream


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


def test_sources_are_of_three_kinds():
    made = classifier()
    assert isinstance(made._source(Sequence(X, Y), None), Batches)
    assert isinstance(made._source(endless(X, Y), None), Stream)


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


def test_items_that_are_single_examples():
    class Examples:
        def __len__(self):
            return len(X)

        def __getitem__(self, i):
            return X[i], Y[i]

    with pytest.raises(ValueError, match=r"item i is a batch of many examples.*one example, x of shape \(4,\)"):
        fitted(Examples())


def test_the_broken_batch_is_named():
    y = Y.copy()
    y[20] = 7
    with pytest.raises(ValueError, match="labels run from 0 to 7") as caught:
        fitted(Sequence(X, y), shuffle=False)
    assert "in batch 2 of Sequence" in caught.value.__notes__


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
