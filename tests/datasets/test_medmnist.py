"""medmnist: every kind of file it must read, and every kind it must refuse."""

import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import files, medmnist
from edunet.datasets.medmnist_sets import SETS

REAL = Path(__file__).parents[2].parent / "shared/data/images/breastmnist.npz"
SIZES = {"train": 12, "val": 5, "test": 7}


@pytest.fixture(autouse=True)
def nothing_announced(monkeypatch):
    monkeypatch.setattr(files, "_announced", set())


@pytest.fixture
def small(monkeypatch):
    """Let the published sets have as many pictures as those made here."""
    for name, facts in SETS.items():
        monkeypatch.setitem(SETS, name, replace(facts, sizes=(tuple(SIZES.values()),)))


def arrays(shape=(28, 28), classes=2, columns=1, seed=0):
    """Six small arrays in the form of MedMNIST; every label occurs in every part if the part is long enough."""
    rng = np.random.Generator(np.random.PCG64(seed))
    made = {}
    for part, n in SIZES.items():
        made[f"{part}_images"] = rng.integers(0, 256, (n, *shape), dtype=np.uint8)
        if columns > 1:
            made[f"{part}_labels"] = rng.integers(0, 2, (n, columns), dtype=np.uint8)
        else:
            made[f"{part}_labels"] = (np.arange(n)[:, None] % classes).astype(np.uint8)
    return made


def write(path, content):
    np.savez_compressed(path, **content)
    return path


# --- what it reads ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
def test_grey_binary(tmp_path):
    content = arrays()
    data = medmnist.load(write(tmp_path / "breastmnist.npz", content))
    assert (data.name, data.task, data.n_channels) == ("breastmnist", "binary-class", 1)
    assert data.class_names == ("malignant", "normal, benign")
    assert data.train.x.shape == (12, 28, 28, 1)
    assert data.train.x.dtype == np.uint8
    assert data.val.y.shape == (5,)
    assert data.val.y.dtype == np.int64
    np.testing.assert_array_equal(data.test.x[..., 0], content["test_images"])
    np.testing.assert_array_equal(data.test.y, content["test_labels"][:, 0])


@pytest.mark.usefixtures("small")
def test_colour_multi_class(tmp_path):
    data = medmnist.load(write(tmp_path / "bloodmnist.npz", arrays((28, 28, 3), 8)))
    assert (data.task, data.n_channels, data.train.x.shape) == ("multi-class", 3, (12, 28, 28, 3))
    assert data.class_names[7] == "platelet"


def test_multi_label(tmp_path):
    content = arrays(columns=14)
    data = medmnist.load(write(tmp_path / "chestmnist.npz", content))
    assert data.task == "multi-label"
    assert len(data.class_names) == 14
    np.testing.assert_array_equal(data.val.y, content["val_labels"])


def test_ordinal(tmp_path):
    data = medmnist.load(write(tmp_path / "retinamnist.npz", arrays((28, 28, 3), 5)))
    assert data.task == "ordinal-regression"
    assert data.train.y.max() == 4
    assert data.train.y.ndim == 1


@pytest.mark.parametrize("size", [64, 128, 224])
def test_larger_pictures(tmp_path, size):
    data = medmnist.load(write(tmp_path / f"pneumoniamnist_{size}.npz", arrays((size, size))))
    assert data.name == "pneumoniamnist"
    assert data.train.x.shape == (12, size, size, 1)


@pytest.mark.usefixtures("small")
def test_uncompressed_file_and_string_path(tmp_path):
    np.savez(tmp_path / "octmnist.npz", **arrays(classes=4))
    assert medmnist.load(str(tmp_path / "octmnist.npz")).class_names[3] == "normal"


def test_flat_labels_of_another_integer_type(tmp_path):
    content = {k: v[:, 0].astype(np.int64) if "labels" in k else v for k, v in arrays().items()}
    assert medmnist.load(write(tmp_path / "breastmnist.npz", content)).train.y.shape == (12,)


@pytest.mark.parametrize(
    ("options", "task", "names"),
    [
        ({"classes": 2}, "binary-class", ("0", "1")),
        ({"classes": 4}, "multi-class", ("0", "1", "2", "3")),
        ({"columns": 3}, "multi-label", ("0", "1", "2")),
    ],
)
def test_unknown_name_takes_its_task_from_the_labels(tmp_path, options, task, names):
    data = medmnist.load(write(tmp_path / "hospital.npz", arrays(**options)))
    assert (data.name, data.task, data.class_names) == ("hospital", task, names)
    assert "unknown" in data.licence


def test_a_part_of_a_set_has_numbered_classes_and_says_so(tmp_path, capsys):
    data = medmnist.load(write(tmp_path / "breastmnist.npz", arrays()))
    assert (data.class_names, data.task) == (("0", "1"), "binary-class")
    assert data.licence == "CC BY 4.0, if this is a part of breastmnist"
    said = capsys.readouterr().out
    assert "(12, 5, 7) pictures in train, val, test; breastmnist has (546, 78, 156)" in said
    assert "0 = malignant; 1 = normal, benign." in said


def test_load_data_has_the_form_of_keras(tmp_path):
    (x_train, y_train), (x_test, y_test) = medmnist.load_data(write(tmp_path / "breastmnist.npz", arrays()))
    assert x_train.shape == (12, 28, 28, 1)
    assert y_train.shape == (12,)
    assert x_test.shape == (7, 28, 28, 1)
    assert y_test.shape == (7,)


@pytest.mark.usefixtures("small")
def test_licence_and_citation_are_printed_once(tmp_path, capsys):
    path = write(tmp_path / "dermamnist.npz", arrays((28, 28, 3), 7))
    data = medmnist.load(path)
    first = capsys.readouterr().out
    medmnist.load(path)
    assert "CC BY-NC 4.0" in first
    assert "10.1038/s41597-022-01721-8" in first
    assert capsys.readouterr().out == ""
    assert data.licence == "CC BY-NC 4.0"
    assert "Scientific Data" in data.citation


def test_the_twelve_sets():
    assert len(SETS) == 12
    assert {name for name, facts in SETS.items() if facts.licence != "CC BY 4.0"} == {"dermamnist"}
    assert {facts.task for facts in SETS.values()} == set(medmnist.TASKS)
    counts = {"pathmnist": 9, "chestmnist": 14, "dermamnist": 7, "octmnist": 4, "bloodmnist": 8, "tissuemnist": 8}
    assert {name: len(SETS[name].class_names) for name in counts} == counts
    assert all(len(SETS[f"organ{view}mnist"].class_names) == 11 for view in "acs")


def test_md5_that_fits(tmp_path):
    path = write(tmp_path / "breastmnist.npz", arrays())
    md5 = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    assert medmnist.load(path, md5=md5.upper()).name == "breastmnist"


def test_real_file():
    if not REAL.is_file():
        pytest.skip("the real BreastMNIST file is not beside the repository (shared/data/images)")
    data = medmnist.load(REAL, md5="official")
    assert [len(part) for part in (data.train, data.val, data.test)] == [546, 78, 156]
    assert np.bincount(data.train.y).tolist() == [147, 399]
    assert data.class_names[0] == "malignant"
    assert data.train.x.shape == (546, 28, 28, 1)


# --- what it refuses --------------------------------------------------------------------------------------------------


def test_missing_file_names_the_nearest(tmp_path):
    write(tmp_path / "breastmnist.npz", arrays())
    with pytest.raises(FileNotFoundError, match=r"Did you mean .*breastmnist\.npz"):
        medmnist.load(tmp_path / "brestmnist.npz")


def test_missing_file_in_a_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"medmnist\.com"):
        medmnist.load(tmp_path / "nowhere" / "breastmnist.npz")


def test_folder_lists_its_files(tmp_path):
    write(tmp_path / "breastmnist.npz", arrays())
    with pytest.raises(ValueError, match=r"folder.*breastmnist\.npz"):
        medmnist.load(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html>404</html>", "a web page"),
        (b"age,sex\n61,f\n", "something else"),
        (b"\x93NUMPY\x01\x00", "something else"),
    ],
)
def test_not_a_zip(tmp_path, content, message):
    path = tmp_path / "breastmnist.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        medmnist.load(path)


def test_truncated_file(tmp_path):
    path = write(tmp_path / "breastmnist.npz", arrays())
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(ValueError, match="cut short"):
        medmnist.load(path)


def test_flipped_byte(tmp_path):
    path = write(tmp_path / "breastmnist.npz", arrays())
    raw = bytearray(path.read_bytes())
    raw[3000] ^= 255
    path.write_bytes(raw)
    with pytest.raises(ValueError, match=r"damaged|not a NumPy array"):
        medmnist.load(path)


@pytest.mark.usefixtures("small")
def test_damaged_files_give_a_set_or_one_sentence(tmp_path, mutations):
    path, read = write(tmp_path / "breastmnist.npz", arrays()), 0
    for content in mutations(path.read_bytes(), 300):
        path.write_bytes(content)
        try:
            data = medmnist.load(path)
        except ValueError as error:
            assert len(str(error)) < 1500  # noqa: PT017
        else:
            assert data.train.x.dtype == np.uint8
            read += 1
    assert read < 300


def test_missing_key(tmp_path):
    content = arrays()
    del content["val_labels"]
    with pytest.raises(ValueError, match="lacks val_labels; it holds 'train_images'"):
        medmnist.load(write(tmp_path / "breastmnist.npz", content))


def test_names_of_members_are_cut_and_escaped(tmp_path):
    with zipfile.ZipFile(tmp_path / "breastmnist.npz", "w") as archive:
        archive.writestr("\x1b[31mred.npy", b"")
        for i in range(1000):
            archive.writestr(f"{i}{'x' * 200}.npy", b"")
    with pytest.raises(ValueError, match=r"it holds '\\x1b\[31mred', .* and 991 more") as caught:
        medmnist.load(tmp_path / "breastmnist.npz")
    assert len(str(caught.value)) < 1500
    assert "\x1b" not in str(caught.value)


def test_objects_are_never_unpickled(tmp_path):
    content = arrays() | {"test_labels": np.array([{"a": 1}] * 7, dtype=object)}
    with pytest.raises(ValueError, match="never unpickled"):
        medmnist.load(write(tmp_path / "breastmnist.npz", content))


def header(shape, dtype="|u1"):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
    return file.getvalue()


def with_train_images(path, member):
    """Write a file whose train_images member is these bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, value in arrays().items():
            file = io.BytesIO()
            np.save(file, value)
            archive.writestr(f"{key}.npy", member if key == "train_images" else file.getvalue())
    return path


def test_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = with_train_images(tmp_path / "breastmnist.npz", header((3000, 28, 28)) + bytes(3000 * 28 * 28))
    with pytest.raises(ValueError, match=r"more than the cap of 1,000,000.*max_bytes="):
        medmnist.load(path, max_bytes=1_000_000)


@pytest.mark.parametrize("shape", [(10**9, 28, 28), (-1, 28, 28), (12, 27, 28)])
def test_header_that_does_not_fit_its_data(tmp_path, shape):
    path = with_train_images(tmp_path / "breastmnist.npz", header(shape) + bytes(12 * 28 * 28 + 70_000))
    with pytest.raises(ValueError, match="declares shape"):
        medmnist.load(path)


def test_member_that_is_no_array(tmp_path):
    path = with_train_images(tmp_path / "breastmnist.npz", b"hello, I am a text")
    with pytest.raises(ValueError, match="train_images is not a NumPy array"):
        medmnist.load(path)


@pytest.mark.parametrize(
    "text",
    [b"(" * 5000, b"{'descr': '|u1', 'fortran_order': False, 'shape': (True, 28, 28)}", b"{'descr': "],
    ids=["brackets", "truth for a length", "cut"],
)
def test_damaged_header_is_one_sentence(tmp_path, text):
    member = b"\x93NUMPY\x01\x00" + (len(text) + 1).to_bytes(2, "little") + text + b"\n" + bytes(100)
    path = with_train_images(tmp_path / "breastmnist.npz", member)
    with pytest.raises(ValueError, match="Download the file again"):
        medmnist.load(path)


def test_three_dimensional_set_by_its_shape(tmp_path):
    with pytest.raises(ValueError, match="a 3-D set"):
        medmnist.load(write(tmp_path / "organs.npz", arrays((28, 28, 28))))


def test_three_dimensional_set_by_its_name(tmp_path):
    with pytest.raises(ValueError, match="3-D set"):
        medmnist.load(write(tmp_path / "nodulemnist3d_64.npz", arrays()))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("train_images", np.zeros((12, 28, 28), np.float32), "expected uint8"),
        ("train_images", np.zeros((12, 784), np.uint8), r"expected \(N,H,W\)"),
        ("test_images", np.zeros((7, 32, 32), np.uint8), "all parts must agree"),
        ("val_images", np.zeros((0, 28, 28), np.uint8), "at least one picture"),
        ("val_labels", np.zeros((5, 1)), "expected whole numbers"),
        ("val_labels", np.zeros((4, 1), np.uint8), "holds 5 pictures"),
        ("val_labels", np.zeros((5, 1, 1), np.uint8), r"expected \(N,1\)"),
        ("val_labels", np.zeros((5, 2), np.uint8), "1 column"),
        ("val_labels", np.full((5, 1), -1, np.int8), "count from 0"),
        ("val_labels", np.full((5, 1), 2, np.uint8), r"val_labels holds 2; expected 0\.\.1"),
    ],
)
def test_wrong_array(tmp_path, key, value, message):
    with pytest.raises(ValueError, match=message):
        medmnist.load(write(tmp_path / "breastmnist.npz", arrays() | {key: value}))


def test_labels_that_do_not_fit_the_name(tmp_path):
    with pytest.raises(ValueError, match=r"14 label column.*named after the right set"):
        medmnist.load(write(tmp_path / "chestmnist.npz", arrays()))


@pytest.mark.parametrize(("name", "size"), [("pneumoniamnist", ""), ("octmnist", ""), ("OCTMNIST", "_64")])
def test_a_set_under_the_name_of_another(tmp_path, monkeypatch, name, size):
    monkeypatch.setitem(SETS, "breastmnist", replace(SETS["breastmnist"], sizes=((12, 5, 7),)))
    with pytest.raises(
        ValueError, match=rf"pictures of breastmnist, not those of {name.lower()}. Rename it breastmnist{size}\.npz"
    ):
        medmnist.load(write(tmp_path / f"{name}{size}.npz", arrays()))


def test_channels_that_do_not_fit_the_name(tmp_path):
    with pytest.raises(ValueError, match=r"have 3 channel\(s\), those of breastmnist have 1"):
        medmnist.load(write(tmp_path / "breastmnist.npz", arrays((28, 28, 3))))


def test_channels_that_come_first(tmp_path):
    with pytest.raises(ValueError, match=r"the channels come first.*np\.moveaxis"):
        medmnist.load(write(tmp_path / "hospital.npz", arrays((3, 28, 28))))


def test_multi_label_value_other_than_0_and_1(tmp_path):
    content = arrays(columns=14)
    content["train_labels"][0, 0] = 2
    with pytest.raises(ValueError, match=r"train_labels holds 2; expected 0\.\.1"):
        medmnist.load(write(tmp_path / "chestmnist.npz", content))


def test_absurd_labels_of_an_unknown_set(tmp_path):
    content = arrays() | {"test_labels": np.full((7, 1), 2**31, np.int64)}
    with pytest.raises(ValueError, match="classes numbered 0, 1, 2"):
        medmnist.load(write(tmp_path / "hospital.npz", content))


def test_md5_that_does_not_fit(tmp_path):
    with pytest.raises(ValueError, match="expected 750601b1f35ba3300ea97c75c52ff8f6"):
        medmnist.load(write(tmp_path / "breastmnist.npz", arrays()), md5="official")


def test_md5_of_the_wrong_form(tmp_path):
    with pytest.raises(ValueError, match="32 .* hexadecimal digits"):
        medmnist.load(write(tmp_path / "breastmnist.npz", arrays()), md5="750601b1")


@pytest.mark.parametrize("name", ["breastmnist_64", "organamnist", "hospital"])
def test_no_official_md5(tmp_path, name):
    with pytest.raises(ValueError, match="No official MD5"):
        medmnist.load(write(tmp_path / f"{name}.npz", arrays()), md5="official")
