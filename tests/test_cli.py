"""The command line: what it prints, what it writes, how it refuses."""

import shlex
import subprocess
import sys

import numpy as np
import pytest

import edunet
from edunet import cli, demo
from edunet.models import loop


def tiny_medmnist(path, classes=2, n=24, channels=None, multi_label=False, labels=None):
    """Write a MedMNIST file whose classes differ in brightness; `labels` may give those of each part."""
    rng = np.random.default_rng(0)
    arrays = {}
    for part in ("train", "val", "test"):
        y = np.arange(n)[:, None] % classes if labels is None else np.array(labels[part])[:, None]
        n = len(y)
        shape = (n, 28, 28) if channels is None else (n, 28, 28, channels)
        x = rng.integers(0, 60, size=shape) + (y * (180 // classes)).reshape(-1, *[1] * (len(shape) - 1))
        arrays[f"{part}_images"] = x.astype(np.uint8)
        stored = np.concatenate([y == k for k in range(classes)], axis=1) if multi_label else y
        arrays[f"{part}_labels"] = stored.astype(np.uint8)
    np.savez(path, **arrays)
    return path


@pytest.fixture(autouse=True)
def _quick(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with edunet.use_backend("numpy"):
        yield


@pytest.fixture
def few_cells(monkeypatch):
    load = edunet.datasets.cells10.load_data
    monkeypatch.setattr(edunet.datasets.cells10, "load_data", lambda seed: load(n=140, seed=seed))


def test_demo_on_cells_reports_and_writes(few_cells, capsys, tmp_path):
    assert cli.main(["demo", "--epochs", "1", "--backend", "numpy"]) == 0
    out = capsys.readouterr().out
    for part in ("SYNTHETIC", "93,322 weights", "Epoch 1/1 [", "95 % interval", "rarest first", "confusion matrix"):
        assert part in out
    written = sorted(p.name for p in (tmp_path / "edunet-demo").iterdir())
    assert written == ["confusion_matrix.png", "learning_curve.png", "predictions.png", "weights.safetensors"]
    again = demo.article_network()
    again.load_weights(tmp_path / "edunet-demo" / "weights.safetensors")


def test_a_second_demo_overwrites_nothing(few_cells, capsys, tmp_path):
    for _ in range(2):
        cli.main(["demo", "--epochs", "1"])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["edunet-demo", "edunet-demo-2"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"classes": 2}, ["AUC", "epoch 1 was the best on the validation part"]),
        ({"classes": 3, "channels": 3}, ["confusion matrix"]),
        ({"classes": 4, "multi_label": True}, ["of all answers"]),
    ],
    ids=["binary grey", "three classes in colour", "several labels"],
)
def test_demo_on_a_medmnist_file_fits_the_output_layer(options, words, capsys, tmp_path):
    path = tiny_medmnist(tmp_path / "unknownmnist.npz", **options)
    assert cli.main(["demo", "--data", str(path), "--epochs", "1", "--out", "result"]) == 0
    out = capsys.readouterr().out
    for word in words:
        assert word in out
    assert (tmp_path / "result" / "weights.safetensors").exists()


def test_recall_stands_beside_its_own_class_and_the_rarest_comes_first(capsys, tmp_path, monkeypatch):
    labels = {"train": [0, 1, 2] * 4, "val": [0, 1, 2], "test": [0] * 5 + [1] * 2 + [2] * 3}
    path = tiny_medmnist(tmp_path / "threemnist.npz", labels=labels)
    said = np.array([0, 0, 0, 0, 1, 1, 1, 2, 0, 0])  # class 0: 4 of 5 found, class 1: 2 of 2, class 2: 1 of 3
    monkeypatch.setattr(edunet.Sequential, "predict", lambda self, x: np.eye(3)[said])
    result = demo.run(path, epochs=1, out=tmp_path / "out")
    assert result["recall"] == pytest.approx({"1": 1.0, "2": 1 / 3, "0": 0.8})
    assert result["accuracy"] == 0.7
    rows = [line.split()[:2] for line in capsys.readouterr().out.splitlines() if " images" in line and "[" in line]
    assert rows == [["1", "1.000"], ["2", "0.333"], ["0", "0.800"]]


def test_the_weights_of_the_best_epoch_are_kept(tmp_path, monkeypatch, capsys):
    path = tiny_medmnist(tmp_path / "x.npz")
    values = iter([0.9, 0.4, 0.6])
    weights = []

    def judged(model, *arguments):
        weights.append(model.get_weights())
        return {"loss": 1.0, "accuracy": 0.5, "auc": next(values)}

    monkeypatch.setattr(loop, "evaluate_batches", judged)
    demo.run(path, epochs=3, out=tmp_path / "out")
    kept = demo.article_network(classes=2)
    kept.load_weights(tmp_path / "out" / "weights.safetensors")
    for a, b in zip(kept.get_weights(), weights[0], strict=True):
        np.testing.assert_array_equal(a, b)
    assert "epoch 1 was the best on the validation part (AUC 0.900)" in capsys.readouterr().out


def test_a_validation_part_of_one_class_is_told(tmp_path, capsys):
    labels = {"train": [0, 1] * 6, "val": [1, 1, 1], "test": [0, 1, 0, 1]}
    demo.run(tiny_medmnist(tmp_path / "x.npz", labels=labels), epochs=1, out=tmp_path / "out")
    assert "its AUC is undefined: the last epoch is kept" in capsys.readouterr().out


def test_the_best_epoch_is_chosen_by_the_validation_part(tmp_path):
    path = tiny_medmnist(tmp_path / "x.npz")
    result = demo.run(path, epochs=2, out=tmp_path / "out")
    assert set(result["history"]) >= {"val_auc", "val_loss", "loss"}
    assert 0 <= result["interval"][0] <= result["accuracy"] <= result["interval"][1] <= 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["demo", "--data", "nowhere.npz"], "nowhere.npz"),
        (["demo", "--backend", "cpython"], "Did you mean 'cython'?"),
        (["demo", "--seed", "-1"], "a seed is a whole number >= 0"),
    ],
)
def test_wrong_input_is_one_sentence_and_leaves_nothing(arguments, message, capsys, tmp_path):
    assert cli.main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("edunet: ")
    assert message in error
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_what_it_claims(capsys, tmp_path):
    (tmp_path / "page.npz").write_text("<html>not found</html>")
    assert cli.main(["demo", "--data", "page.npz"]) == 2
    assert "page.npz" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["page.npz"]


def test_a_folder_that_holds_something_is_never_touched(capsys, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    assert cli.main(["demo", "--out", "mine"]) == 2
    assert "is not an empty folder; choose another with --out" in capsys.readouterr().err
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_ctrl_c_ends_with_130_and_keeps_what_was_learnt(few_cells, monkeypatch, capsys, tmp_path):
    fit = edunet.Sequential.fit

    def interrupt(self, *arguments, **options):
        fit(self, *arguments, **options | {"epochs": 1})
        raise KeyboardInterrupt

    monkeypatch.setattr(edunet.Sequential, "fit", interrupt)
    assert cli.main(["demo", "--out", "a/b"]) == 130
    assert "stopped after 1 finished epochs; what was learnt is in" in capsys.readouterr().err
    assert sorted(p.name for p in (tmp_path / "a" / "b").iterdir()) == ["learning_curve.png", "weights.safetensors"]


def test_a_failure_leaves_no_folders(tmp_path, capsys):
    assert cli.main(["demo", "--data", "nowhere.npz", "--out", "a/b/c"]) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert cli.main(["demo", "--out", "file/inside"]) == 2
    assert "choose another with --out" in capsys.readouterr().err


def test_usage_errors(capsys):
    wrong = [
        (["demo", "--epochs", "0"], "expected a whole number >= 1, received 0"),
        (["demo", "--epochs", "x"], "expected a whole number >= 1, received x"),
        (["dmeo"], "Did you mean 'demo'?"),
    ]
    for arguments, message in wrong:
        with pytest.raises(SystemExit) as caught:
            cli.main(arguments)
        assert caught.value.code == 2
        assert message in capsys.readouterr().err


def test_without_a_command_the_help_is_shown(capsys):
    assert cli.main([]) == 0
    assert "train the article's network" in capsys.readouterr().out


def test_info_and_python_m(capsys):
    assert cli.main(["info"]) == 0
    assert "backend    numpy   ready" in capsys.readouterr().out
    result = subprocess.run([sys.executable, "-m", "edunet", "--version"], capture_output=True, text=True, timeout=60)
    assert result.stdout.strip() == f"edunet {edunet.__version__}"


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe breaks in another way there")
def test_whoever_reads_the_first_line_only_breaks_nothing():
    command = f"{shlex.quote(sys.executable)} -m edunet info | true"
    result = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="written for a shell of Unix")
def test_a_closed_output_is_no_error():
    command = f"{shlex.quote(sys.executable)} -m edunet info >&-"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
