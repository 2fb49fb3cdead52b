"""`edunet bench`: the table, the file, what goes wrong."""

import json

import pytest

from edunet import cli
from edunet.bench import measure

# A PyTorch that convolves as edunet does, but by other means: y, dx, dw, db
CONV = """
def build(work, arrays):
    from numpy.lib.stride_tricks import sliding_window_view
    x, w, b, dy = (arrays[name] for name in ("x", "w", "b", "dy"))
    def run():
        taps = sliding_window_view(x, (3, 3), axis=(1, 2))
        y = np.einsum("nijcuv,uvcf->nijf", taps, w) + b
        dw = np.einsum("nijcuv,nijf->uvcf", taps, dy)
        dx = np.zeros_like(x)
        for u in range(3):
            for v in range(3):
                dx[:, u:u + 3, v:v + 3] += dy @ w[u, v].T
        return [y, dx, dw, dy.sum(axis=(0, 1, 2))]
    return {"einsum": run}
"""
WRONG = CONV.replace("dx, dw, dy.sum", "2 * dx, dw, dy.sum")
CRASHING = CONV.replace("    def run():", "    def run():\n        raise MemoryError('no room for taps')")


def test_without_peers_installed(peers, capsys):
    assert cli.main(["bench", "--rounds", "1"]) == 0
    out = capsys.readouterr().out
    assert "torch: not compared." in out
    assert "keras: not compared." in out
    assert "edunet bench --python /path/to/environment/bin/python" in out
    assert "edunet numpy: python" in out
    for name in ("article step", "article predict", "conv", "rnn", "gru", "lstm", "attention", "memory", "import"):
        assert f"\n{name}" in out


def test_with_a_peer_everything_is_in_the_file(peers, capsys, tmp_path):
    peers(CONV)
    assert cli.main(["bench", "--only", "conv", "--only", "import", "--rounds", "3", "--json", "out.json"]) == 0
    assert "written into out.json" in capsys.readouterr().out
    content = json.loads((tmp_path / "out.json").read_text())
    assert set(content) == {
        *(
            "edunet",
            "date",
            "cpu",
            "vector_instructions",
            "system",
            "cores",
            "pinned_to",
            "rounds",
            "versions",
            "missing",
            "works",
        ),
    }
    assert set(content["versions"]) == {"edunet numpy", "torch"}
    assert set(content["missing"]) == {"keras"}
    conv, imports = content["works"]
    assert conv["peak_gflops"] > 0
    assert 0 < conv["share_of_cores"] <= 1
    ours, theirs = conv["rows"]
    assert (ours["library"], theirs["library"], theirs["variant"]) == ("edunet numpy", "torch", "einsum")
    assert theirs["ratio"] == 1
    assert ours["ratio"] == pytest.approx(ours["median"] / theirs["median"])
    for row in conv["rows"]:
        assert len(row["rounds"]) == 3
        assert row["q1"] <= row["median"] <= row["q3"]
        assert row["gflops"] == pytest.approx(1000 / row["median"] / 1e6)
        assert row["percent_of_peak"] == pytest.approx(100 * row["gflops"] / conv["peak_gflops"])
    assert (imports["unit"], [len(row["rounds"]) for row in imports["rows"]]) == ("s", [3, 3])
    assert [p.name for p in tmp_path.glob("*.json*")] == ["out.json"]


def test_no_peers_asks_nobody(peers, capsys):
    peers("raise RuntimeError('nobody should have asked')")
    assert cli.main(["bench", "--only", "conv", "--rounds", "1", "--no-peers"]) == 0
    assert "torch" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (CRASHING, "failed: MemoryError: no room for taps"),
        (WRONG, "failed: computes something else: mean sizes of the results"),
    ],
)
def test_a_failing_peer_is_reported_and_the_others_go_on(peers, build, message, capsys):
    peers(build)
    assert cli.main(["bench", "--only", "conv", "--rounds", "1", "--json", "out.json"]) == 2
    told = capsys.readouterr()
    assert message in told.out
    assert "edunet numpy     " in told.out
    assert "edunet: 1 measurements failed: torch in 'conv'. The table says why." in told.err
    assert "written into out.json" in told.out


def test_two_cores_are_compared_with_one(peers, monkeypatch, capsys):
    monkeypatch.setattr("edunet.bench.command.choose_cpus", lambda cores: (2, ()))
    assert cli.main(["bench", "--cores", "2", "--only", "speed-up", "--rounds", "1"]) == 0
    out = capsys.readouterr().out
    assert "edunet numpy, 1 core " in out
    assert "edunet numpy, 2 cores " in out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--cores", "none"], "--cores none: expected 1 to"),
        (["--only", "atention"], "Did you mean 'attention'?"),
        (["--backend", "cpython"], "Did you mean 'cython'?"),
        (["--python", "nowhere/python"], "--python nowhere/python: this cannot be run"),
        (["--python", "python", "--no-peers"], "use one of the two"),
        (["--json", "nowhere/out.json"], "the folder 'nowhere' does not exist; make it first"),
    ],
)
def test_wrong_options_are_one_sentence(options, message, capsys, tmp_path):
    assert cli.main(["bench", "--only", "conv", *options]) == 2
    told = capsys.readouterr()
    assert told.err.startswith("edunet: ")
    assert message in told.err
    assert told.out == ""
    assert list(tmp_path.iterdir()) == []


def test_rounds_are_counted_from_one(capsys):
    with pytest.raises(SystemExit):
        cli.main(["bench", "--rounds", "0"])
    assert "expected a whole number >= 1, received 0" in capsys.readouterr().err


def test_a_file_is_never_overwritten(capsys, tmp_path):
    (tmp_path / "out.json").write_text("mine")
    assert cli.main(["bench", "--only", "conv", "--json", "out.json"]) == 2
    told = capsys.readouterr()
    assert "out.json: this file exists, and is not overwritten. Choose another name, or remove it first" in told.err
    assert told.out == ""
    assert (tmp_path / "out.json").read_text() == "mine"


def test_nor_one_that_appeared_meanwhile(capsys, tmp_path, monkeypatch):
    def meanwhile(*_):
        (tmp_path / "out.json").write_text("mine")
        return {"unit": "ms", "rows": []}

    monkeypatch.setitem(measure.MEASURES, "time", meanwhile)
    assert cli.main(["bench", "--only", "conv", "--no-peers", "--json", "out.json"]) == 0
    assert (tmp_path / "out.json").read_text() == "mine"
    other = next(tmp_path.glob("out-*.json"))
    assert f"written into {other.name}" in capsys.readouterr().out


def test_ctrl_c_ends_all_workers(capsys, tmp_path, monkeypatch):
    processes = []

    def interrupted(work, crew, rounds):
        crew.product.start()
        processes.extend(worker.process for worker in (crew.product, *crew.edunet))
        raise KeyboardInterrupt

    monkeypatch.setitem(measure.MEASURES, "time", interrupted)
    assert cli.main(["bench", "--only", "conv", "--no-peers", "--json", "out.json"]) == 130
    assert "edunet: stopped" in capsys.readouterr().err
    assert len(processes) == 2
    assert all(process.poll() is not None for process in processes)
    assert list(tmp_path.iterdir()) == []
