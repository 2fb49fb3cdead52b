"""mnist: Keras's file and the idx files, whole, packed, alone, and such as lie."""

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import files, mnist
from edunet.datasets.mnist_sets import SETS

SIZES = {"train": 12, "t10k": 7}


@pytest.fixture(autouse=True)
def nothing_announced(monkeypatch):
    monkeypatch.setattr(files, "_announced", set())


@pytest.fixture
def small(monkeypatch):
    """Let the published sets have as many pictures as those made here."""
    for name, facts in SETS.items():
        monkeypatch.setitem(SETS, name, replace(facts, n_train=12, n_test=7))


def idx(array, kind=8):
    lengths = b"".join(n.to_bytes(4, "big") for n in array.shape)
    return bytes([0, 0, kind, array.ndim]) + lengths + array.tobytes()


def arrays(part, classes=10, size=(28, 28)):
    rng = np.random.Generator(np.random.PCG64(SIZES[part]))
    n = SIZES[part]
    return rng.integers(0, 256, (n, *size), dtype=np.uint8), (np.arange(n) % classes).astype(np.uint8)


def write_idx(folder, *, packed=False, prefix="", dot="-", test="t10k", **options):
    for part in SIZES:
        x, y = arrays(part, **options)
        name = f"{prefix}{test if part == 't10k' else part}"
        for kind, value in (("images", x), ("labels", y)):
            path = folder / f"{name}-{kind}{dot}idx{value.ndim}-ubyte{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(idx(value)) if packed else idx(value))
    return folder


def write_npz(path, **changes):
    (x_train, y_train), (x_test, y_test) = arrays("train"), arrays("t10k")
    np.savez_compressed(
        path, **({"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test} | changes)
    )
    return path


@pytest.mark.usefixtures("small")
def test_keras_file(tmp_path, capsys):
    data = mnist.load(write_npz(tmp_path / "mnist.npz"))
    assert data.train.x.shape == (12, 28, 28, 1)
    np.testing.assert_array_equal(data.test.x[..., 0], arrays("t10k")[0])
    assert (data.name, data.class_names[9], data.train.y.dtype) == ("mnist", "9", np.int64)
    assert "LeCun" in capsys.readouterr().out


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("dot", ["-", "."])
def test_folder_of_idx_files(tmp_path, packed, dot):
    (x_train, y_train), (x_test, y_test) = mnist.load_data(write_idx(tmp_path, packed=packed, dot=dot))
    np.testing.assert_array_equal(x_train, arrays("train")[0])
    np.testing.assert_array_equal(y_train, arrays("train")[1])
    assert (x_test.shape, y_test.shape) == ((7, 28, 28), (7,))


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
def test_one_of_the_files_finds_the_others(tmp_path, name):
    data = mnist.load(write_idx(tmp_path) / name)
    assert (len(data.train), len(data.test)) == (12, 7)


def test_only_one_part(tmp_path):
    write_idx(tmp_path)
    for path in tmp_path.glob("t10k*"):
        path.unlink()
    data = mnist.load(tmp_path)
    assert (len(data.train), data.test) == (12, None)
    with pytest.raises(FileNotFoundError, match="files of the test part are not there"):
        mnist.load_data(tmp_path)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("folder", "prefix", "name", "classes"),
    [
        ("fashion-mnist", "", "fashion-mnist", 10),
        ("KMNIST", "", "kmnist", 10),
        ("gzip", "emnist-letters-", "emnist-letters", 27),
        ("gzip", "emnist-balanced-", "emnist-balanced", 47),
        ("wards", "", "wards", 10),
    ],
)
def test_other_sets_of_the_form(tmp_path, folder, prefix, name, classes):
    (tmp_path / folder).mkdir()
    data = mnist.load(write_idx(tmp_path / folder, prefix=prefix, test="test" if prefix else "t10k", packed=True))
    assert (data.name, len(data.class_names)) == (name, classes)
    assert ("unknown" in data.licence) == (name == "wards")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", ["pneumonia-mnist", "mnist_of_the_ward", "my mnist"])
def test_a_set_that_bears_only_a_part_of_the_name(tmp_path, name):
    (tmp_path / name).mkdir()
    for path in (write_npz(tmp_path / f"{name}.npz"), write_idx(tmp_path / name)):
        assert "unknown" in mnist.load(path).licence


def test_a_part_of_a_set_has_numbered_classes_and_says_so(tmp_path, capsys):
    data = mnist.load(write_npz(tmp_path / "fashion-mnist.npz"))
    assert (data.class_names[0], "unknown" in data.licence) == ("0", True)
    assert "0 = T-shirt/top; 1 = trouser" in capsys.readouterr().out


def test_any_number_of_classes_and_size(tmp_path):
    data = mnist.load(write_idx(tmp_path, classes=12, size=(9, 17)))
    assert (data.train.x.shape, len(data.class_names)) == ((12, 9, 17, 1), 12)


def test_folder_of_several_sets(tmp_path):
    write_idx(tmp_path, prefix="a-")
    write_idx(tmp_path, prefix="b-")
    with pytest.raises(ValueError, match="holds 2 sets: 'a-', 'b-'"):
        mnist.load(tmp_path)
    assert len(mnist.load(tmp_path / "b-train-images-idx3-ubyte").train) == 12


X, Y = arrays("train")


@pytest.mark.parametrize(
    ("kind", "content", "message"),
    [
        ("images", idx(X)[:-1], r"declares \(12, 28, 28\), 9,408 bytes, but 9,407 follow"),
        ("images", idx(X) + b"\0", "but more follow"),
        ("images", idx(X)[:9], "ends within its header"),
        ("images", b"", "not an idx file"),
        ("images", b"<html>404", "a web page"),
        ("images", idx(Y), "have two files changed their names"),
        ("images", idx(X, kind=10), r"values of type 10, which idx does not have; expected 8 \(unsigned bytes\)"),
        ("images", idx(X.astype(">f4"), kind=13), r"type float32; expected uint8"),
        ("images", b"\0\0\x08\x03" + b"\xff" * 12, "more than the cap of 1,073,741,824"),
        ("images", b"\0\0\x08\x03" + bytes(12), "nothing"),
        ("images", gzip.compress(idx(X))[:-20], "damaged or cut short"),
        ("labels", idx(Y[:5]), r"labels of shape \(5,\).*expected 12 whole numbers"),
    ],
    ids=lambda value: value if isinstance(value, str) else "content",
)
def test_what_is_no_sound_idx_file(tmp_path, kind, content, message):
    write_idx(tmp_path)
    next(tmp_path.glob(f"train-{kind}*")).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        mnist.load(tmp_path)


def test_an_archive_that_unpacks_to_far_more_than_it_says(tmp_path):
    write_idx(tmp_path)
    packed = gzip.compress(b"\0\0\x08\x03\0\0\0\x0c\0\0\0\x1c\0\0\0\x1c" + bytes(200_000_000), 1)
    next(tmp_path.glob("train-images*")).write_bytes(packed)
    with pytest.raises(ValueError, match="but more follow"):
        mnist.load(tmp_path)


def test_labels_of_four_bytes(tmp_path):
    write_idx(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(Y.astype(">i4"), kind=12))
    np.testing.assert_array_equal(mnist.load(tmp_path).train.y, Y)


def test_labels_that_are_not_there(tmp_path):
    write_idx(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(FileNotFoundError, match=r"there is no \.\.\.train-labels-idx1-ubyte"):
        mnist.load(tmp_path)


def test_what_is_not_there_or_named_otherwise(tmp_path):
    with pytest.raises(FileNotFoundError, match="no idx files in"):
        mnist.load(tmp_path)
    with pytest.raises(FileNotFoundError, match="There is no file"):
        mnist.load(tmp_path / "mnist.npz")
    (tmp_path / "digits.bin").write_bytes(idx(X))
    with pytest.raises(ValueError, match="nor named as idx files are"):
        mnist.load(tmp_path / "digits.bin")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_train": X.astype(np.float32)}, "expected uint8"),
        ({"y_test": np.zeros(3, np.uint8)}, "expected 7 whole numbers"),
        ({"y_train": np.full(12, -1)}, "labels from -1 to -1"),
        ({"y_train": np.array([{}] * 12)}, "never unpickled"),
    ],
)
def test_what_is_no_sound_npz_file(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        mnist.load(write_npz(tmp_path / "mnist.npz", **changes))


def test_an_npz_file_of_another_set(tmp_path):
    np.savez(tmp_path / "mnist.npz", arr_0=X)
    with pytest.raises(ValueError, match="lacks x_train, y_train, x_test, y_test; it holds 'arr_0'"):
        mnist.load(tmp_path / "mnist.npz")


def test_too_large_for_the_cap(tmp_path):
    with pytest.raises(ValueError, match=r"max_bytes="):
        mnist.load(write_npz(tmp_path / "mnist.npz"), max_bytes=10_000)
    with pytest.raises(ValueError, match=r"max_bytes="):
        mnist.load(write_idx(tmp_path), max_bytes=5_000)


@pytest.mark.parametrize("name", ["mnist.npz", "train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz"])
def test_damaged_files_give_a_set_or_one_sentence(tmp_path, mutations, name):
    write_idx(tmp_path, packed=name.endswith(".gz"), size=(3, 3))
    path = write_npz(tmp_path / name, x_train=X[:, :3, :3]) if name.endswith(".npz") else tmp_path / name
    read = 0
    for content in mutations(Path(path).read_bytes(), 200):
        path.write_bytes(content)
        try:
            data = mnist.load(path)
        except (ValueError, FileNotFoundError) as error:
            assert len(str(error)) < 1500  # noqa: PT017
        else:
            assert data.train.x.dtype == np.uint8
            read += 1
    assert read < 200
