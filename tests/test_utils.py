import numpy as np
import pytest

import edunet
from edunet import initializers
from edunet.utils import PyDataset, Sequence, clear_session, normalize, pad_sequences, set_random_seed, to_categorical


@pytest.mark.parametrize(
    "labels", [[0, 2, 1], (0, 2, 1), np.array([0.0, 2.0, 1.0]), np.array([[0], [2], [1]], np.uint8)]
)
def test_one_row_per_label(labels):
    np.testing.assert_array_equal(to_categorical(labels), [[1, 0, 0], [0, 0, 1], [0, 1, 0]])


def test_the_rows_are_float32():
    assert to_categorical([0, 1]).dtype == np.float32


def test_more_classes_than_labels():
    assert to_categorical([0, 1], num_classes=5).shape == (2, 5)


def test_labels_of_several_axes():
    assert to_categorical([[0, 1], [2, 0]]).shape == (2, 2, 3)


def test_a_single_label():
    np.testing.assert_array_equal(to_categorical(1, 3), [0, 1, 0])


def test_no_labels():
    assert to_categorical([], 3).shape == (0, 3)


@pytest.mark.parametrize(
    ("labels", "classes", "message"),
    [
        ([0, 0.5], None, "expected whole numbers. Received dtype float64, values such as 0.5"),
        ([0, np.nan], None, "values such as nan"),
        (["flu"], None, r"values such as 'flu'.*np.unique\(labels, return_inverse=True\)"),
        ([-1, 0], None, "labels run from -1 to 0; expected 0 or more"),
        ([0, 3], 3, "labels run from 0 to 3; expected 0 to 2"),
    ],
)
def test_labels_of_another_kind_are_refused(labels, classes, message):
    with pytest.raises(ValueError, match=message):
        to_categorical(labels, classes)


# ---------------------------------------------------------------- pad_sequences

WORDS = [[1, 2, 3], [4], [5, 6, 7, 8]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [[0, 1, 2, 3], [0, 0, 0, 4], [5, 6, 7, 8]]),
        ({"padding": "post"}, [[1, 2, 3, 0], [4, 0, 0, 0], [5, 6, 7, 8]]),
        ({"maxlen": 2}, [[2, 3], [0, 4], [7, 8]]),
        ({"maxlen": 2, "truncating": "post", "padding": "post"}, [[1, 2], [4, 0], [5, 6]]),
        ({"maxlen": 5, "value": -1}, [[-1, -1, 1, 2, 3], [-1, -1, -1, -1, 4], [-1, 5, 6, 7, 8]]),
    ],
)
def test_sequences_of_one_length(options, expected):
    padded = pad_sequences(WORDS, **options)
    np.testing.assert_array_equal(padded, expected)
    assert padded.dtype == np.int32


def test_sequences_of_measurements():
    series = [np.ones((2, 3)), np.full((1, 3), 0.5), []]
    padded = pad_sequences(series, dtype="float32", padding="post", value=np.nan)
    assert (padded.shape, padded.dtype) == ((3, 2, 3), np.float32)
    np.testing.assert_array_equal(padded[1], [[0.5] * 3, [np.nan] * 3])
    assert np.isnan(padded[2]).all()


def test_words_as_objects():
    padded = pad_sequences([["a", "fever"], ["cough"]], dtype=object, value="<pad>")
    assert padded.tolist() == [["a", "fever"], ["<pad>", "cough"]]


def test_sequences_that_are_all_empty():
    assert pad_sequences([[], []]).shape == (2, 0)


@pytest.mark.parametrize(
    ("sequences", "options", "error", "message"),
    [
        ([1, 2, 3], {}, TypeError, r"sequence 0 is 1, which has no steps.*For a single sequence type \[sequence\]"),
        ("fever", {}, TypeError, "sequence 0 is 'f', which has no steps"),
        (7, {}, TypeError, "expected a list of sequences. Received int"),
        ([], {}, ValueError, "expected at least one sequence"),
        ([[1, 2], [[3], [4, 5]]], {}, ValueError, "the steps of sequence 1 differ in shape"),
        (
            [np.ones((2, 3)), np.ones((2, 4))],
            {},
            ValueError,
            r"steps of shape \(4,\) in sequence 1, \(3,\) in sequence 0",
        ),
        ([["a"]], {}, TypeError, "sequence 0 holds no numbers, such as 'a'.*dtype=object"),
        ([[1], [0.5]], {}, ValueError, "sequence 1 would change in int32, such as 0.5. Give dtype='float32'"),
        ([[300]], {"dtype": "uint8"}, ValueError, "sequence 0 would change in uint8, such as 300"),
        ([[1e9]], {"dtype": "float16"}, ValueError, "sequence 0 would change in float16, such as 1000000000.0"),
        ([[np.nan]], {}, ValueError, "sequence 0 would change in int32, such as nan"),
        (WORDS, {"value": 0.5}, ValueError, "value would change in int32, such as 0.5"),
        (WORDS, {"maxlen": 0}, ValueError, "maxlen is a whole number >= 1. Received: 0"),
        (WORDS, {"padding": "left"}, ValueError, "padding is 'pre' or 'post'. Received: 'left'"),
        (WORDS, {"truncating": None}, ValueError, "truncating is 'pre' or 'post'. Received: None"),
        ([["a"]], {"dtype": "str"}, ValueError, "longer words would be cut.*dtype=object"),
    ],
)
def test_what_cannot_be_padded(sequences, options, error, message):
    with pytest.raises(error, match=message):
        pad_sequences(sequences, **options)


# ---------------------------------------------------------------- batches of ones own, lengths of one


class Halves(Sequence):
    def __init__(self, x, y, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y = x, y

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return self.x[i::2], self.y[i::2]


def test_batches_as_older_books_make_them():
    x, y = np.ones((6, 2), np.float32), np.zeros(6)
    model = edunet.Sequential([edunet.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    history = model.fit(Halves(x, y, workers=2, use_multiprocessing=True, max_queue_size=4), epochs=2, verbose=0)
    assert history.history["loss"][1] < history.history["loss"][0]
    assert Sequence is PyDataset


def test_a_dataset_of_ones_own_defines_two_methods():
    with pytest.raises(NotImplementedError, match="PyDataset must define __len__"):
        len(PyDataset())
    with pytest.raises(NotImplementedError, match="PyDataset must define __getitem__"):
        PyDataset()[0]


def test_rows_of_length_one():
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(normalize(x), [[0.6, 0.8], [0, 0]])
    np.testing.assert_allclose(normalize(x, axis=0), [[1, 1], [0, 0]])
    np.testing.assert_allclose(normalize(x, order=1), [[3 / 7, 4 / 7], [0, 0]])
    np.testing.assert_allclose(normalize(np.array([3, 4])), [0.6, 0.8])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["a"],), "normalize: expected numbers. Received dtype <U1"),
        ((np.ones((2, 2)), 2), r"normalize: axis 2 does not exist in \(2, 2\)"),
        ((np.ones((2, 2)), -1, 0), "normalize: order is a number of at least 1. Received: 0"),
    ],
)
def test_what_has_no_length(arguments, message):
    with pytest.raises(ValueError, match=message):
        normalize(*arguments)


def test_names_begin_anew():
    clear_session()
    first = edunet.layers.Dense(1)
    edunet.keras.backend.clear_session()
    assert (first.name, edunet.layers.Dense(1).name, edunet.layers.Dense(1).name) == ("dense", "dense", "dense_1")


def test_the_seed_of_utils_is_that_of_edunet():
    set_random_seed(7)
    first = initializers.GlorotUniform()((3, 3))
    edunet.set_random_seed(7)
    np.testing.assert_array_equal(initializers.GlorotUniform()((3, 3)), first)


@pytest.mark.parametrize("seed", [-1, 1.5, True, "7", None])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match="a seed is a whole number >= 0"):
        set_random_seed(seed)
