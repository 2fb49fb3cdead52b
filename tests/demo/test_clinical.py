"""`edunet demo --task`: the honest protocol, what is printed and written, how it is refused and interrupted."""

import contextlib
import io
from types import SimpleNamespace

import numpy as np
import pytest

import edunet
from edunet import cli, clinic, demo, metrics
from edunet.demo import clinical
from edunet.models import loop

TASKS = ("diagnosis", "images", "drugs", "course")
PATIENTS = 280


@pytest.fixture(autouse=True)
def _quick(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(clinical, "PATIENTS", PATIENTS)
    with edunet.use_backend("numpy"):
        yield


def listen(patch, name, heard):
    """Note what a function of `clinic` is asked, and let it answer."""
    whole = getattr(clinic, name)

    def listening(y, p, **options):
        heard.append(SimpleNamespace(name=name, y=y, p=p, options=options))
        return whole(y, p, **options)

    patch.setattr(clinic, name, listening)


@pytest.fixture(scope="module", params=TASKS)
def run(request, tmp_path_factory):
    """One run of each task: its name, what it returned, printed and wrote, and what `clinic` was asked."""
    heard, printed, folder = [], io.StringIO(), tmp_path_factory.mktemp("run") / "out"
    with pytest.MonkeyPatch.context() as patch, edunet.use_backend("numpy"), contextlib.redirect_stdout(printed):
        patch.setattr(clinical, "PATIENTS", PATIENTS)
        listen(patch, "threshold_for", heard)
        listen(patch, "report", heard)
        result = demo.run(task=request.param, epochs=1, out=folder)
    return SimpleNamespace(task=request.param, result=result, heard=heard, printed=printed.getvalue(), folder=folder)


def cohort_and_rows(task, seed=0):
    cohort = demo.TASKS[task].draw(PATIENTS, seed)
    return cohort, clinical._split(cohort, seed)


def test_a_learner_reads_what_happens(run):
    parts = ["SYNTHETIC", "160 ", "40 to choose by", "80 for the test", " weights, 1 epochs, backend numpy, seed 0"]
    parts += ["Epoch 1/1 [", "is kept\nThreshold ", "AUROC on the test part", "best possible", "report.html"]
    places = [run.printed.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)


def test_report_picture_and_weights_are_written(run):
    written = ["learning_curve.png", "report.html", "report.txt", "weights.safetensors"]
    assert sorted(p.name for p in run.folder.iterdir()) == written
    for name in ("report.txt", "report.html"):
        page = (run.folder / name).read_text(encoding="utf-8")
        assert demo.TASKS[run.task].title in page
        assert "SYNTHETIC" in page


def test_the_gap_is_between_network_and_true_risk_on_the_same_answers(run):
    told = run.heard[-1]
    assert run.result["best"] == metrics.roc_auc(told.y, told.options["best"])
    assert run.result["auroc"] == pytest.approx(metrics.roc_auc(told.y, told.p), abs=1e-12)
    assert run.result["gap"] == pytest.approx(run.result["best"] - run.result["auroc"], abs=1e-6)


def test_the_threshold_is_chosen_on_the_validation_part_and_the_test_part_judged_once(run):
    cohort, rows = cohort_and_rows(run.task)
    asked = np.ones(cohort.y.shape, bool) if cohort.asked is None else cohort.asked
    chosen, judged = run.heard
    assert (chosen.name, judged.name) == ("threshold_for", "report")
    for told, part in ((chosen, rows["validation"]), (judged, rows["test"])):
        np.testing.assert_array_equal(told.y, cohort.y[part][asked[part]])
    assert chosen.options == {"sensitivity": demo.TASKS[run.task].sensitivity}
    assert float(judged.options["threshold"]) == run.result["threshold"]


def test_every_answer_is_in_one_part_of_each_division(run):
    told = run.heard[-1]
    assert len(told.options["subgroup"]) == 2
    for parts in told.options["subgroup"].values():
        assert parts.shape == told.y.shape
        assert len(np.unique(parts)) > 1


def test_the_report_tells_what_was_done_to_the_data(run):
    trail = run.heard[-1].options["trail"]
    assert "seed 0; none is in two parts: 160 training, 40 validation, 80 test." in trail[0]
    assert trail[-3].startswith("Epoch 1 of 1 ")
    assert f"{100 * demo.TASKS[run.task].sensitivity:.0f} % on the validation part." in trail[-2]


def test_only_hours_have_a_patient_to_belong_to(run):
    groups = run.heard[-1].options["groups"]
    if run.task == "course":
        cohort, rows = cohort_and_rows("course")
        whose = np.repeat(cohort.patient_id[rows["test"]], cohort.asked[rows["test"]].sum(axis=1))
        np.testing.assert_array_equal(groups, whose)
    else:
        assert groups is None


def test_a_ward_hears_how_often_it_rings():
    cohort, rows = cohort_and_rows("course")
    some = rows["test"][:2]
    p = np.zeros(cohort.asked[some].sum())
    p[0] = 0.9
    days = len(p) / 24  # each answer stands for an hour
    told = demo.TASKS["course"].also(cohort, some, p, 0.5)
    assert told.startswith(f"alarms a patient and day, 6 quiet hours after each: {1 / days:.3f} [")


@pytest.mark.parametrize("task", TASKS)
def test_nobody_is_in_two_parts(task):
    cohort, rows = cohort_and_rows(task, seed=3)
    assert [len(part) for part in rows.values()] == [160, 40, 80]
    assert len(np.unique(np.concatenate(list(rows.values())))) == PATIENTS
    assert len(np.unique(cohort.patient_id)) == PATIENTS


def test_molecules_are_all_different():
    cohort = demo.TASKS["drugs"].draw(1000, 0)
    assert len(np.unique(cohort.x)) == len(cohort.x) == len(cohort.truth["risk"]) == 1000


@pytest.mark.parametrize("task", TASKS)
def test_what_is_made_ready_comes_from_the_training_part(task):
    cohort, rows = cohort_and_rows(task)
    train = rows["training"]
    ready = []
    for _ in range(2):
        edunet.set_random_seed(0)
        ready.append(demo.TASKS[task].prepare(cohort, train))
        others = np.setdiff1d(np.arange(PATIENTS), train)
        cohort.x[others] = "C" if task == "drugs" else cohort.x[others] * 7 + 1
    length = min(part.x.shape[1] for part in ready)  # the filling of texts knows the longest of all
    first, second = (part.x[train][:, :length] for part in ready)
    np.testing.assert_array_equal(first, second)
    for a, b in zip(*(part.model.get_weights() for part in ready), strict=True):
        np.testing.assert_array_equal(a, b)


def stopped(patch):
    """Let `fit` note what it was given, and be stopped at once."""
    given = {}

    def fit(self, x, y, **options):
        given.update(options, y=y)
        raise KeyboardInterrupt

    patch.setattr(edunet.Sequential, "fit", fit)
    return given


def test_hours_that_are_not_asked_weigh_nothing(monkeypatch):
    given = stopped(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        demo.run(task="course")
    cohort, rows = cohort_and_rows("course")
    np.testing.assert_array_equal(given["sample_weight"], cohort.asked[rows["training"]])
    np.testing.assert_array_equal(given["validation_data"][2], cohort.asked[rows["validation"]])


@pytest.mark.parametrize("task", TASKS)
def test_a_task_has_its_own_number_of_epochs(task, monkeypatch, tmp_path):
    given = stopped(monkeypatch)
    assert cli.main(["demo", "--task", task]) == 130
    assert given["epochs"] == demo.TASKS[task].epochs
    assert list(tmp_path.iterdir()) == [], "nothing was learnt, nothing is left"


def test_ages_stand_in_the_band_that_names_them():
    cohort, _ = cohort_and_rows("diagnosis")
    cohort.x[:5, 0] = [49.9, 50, 64.9, 65, 80]
    bands = demo.TASKS["diagnosis"].subgroups(cohort)["age"][:5].tolist()
    assert bands == ["<50", "50-<65", "50-<65", "65-<80", "80+"]


@pytest.fixture
def short_report(monkeypatch):
    """Let the report hold the AUROC alone: its pictures take most of the time."""

    def report(y, p, **options):
        return SimpleNamespace(numbers={"auroc": clinic.auroc(y, p)}, save=lambda path: None)

    monkeypatch.setattr(clinic, "report", report)


def test_the_epoch_of_the_smallest_validation_loss_is_kept(short_report, monkeypatch, capsys, tmp_path):
    values, weights = iter([0.5, 0.3, 0.4]), []

    def validated(model, *arguments):
        weights.append(model.get_weights())
        return {"loss": next(values), "auc": 0.5}

    monkeypatch.setattr(loop, "evaluate_batches", validated)
    demo.run(task="diagnosis", epochs=3, out="out")
    assert "Epoch 2 of 3 had the smallest loss on the validation part" in capsys.readouterr().out
    cohort, rows = cohort_and_rows("diagnosis")
    kept = demo.TASKS["diagnosis"].prepare(cohort, rows["training"]).model
    kept.load_weights(tmp_path / "out" / "weights.safetensors")
    for a, b in zip(kept.get_weights(), weights[1], strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_same_seed_gives_the_same_result_and_another_another(short_report):
    first, again, other = (demo.run(task="diagnosis", epochs=1, seed=seed)["auroc"] for seed in (0, 0, 1))
    assert first == again != other


def test_ctrl_c_keeps_what_was_learnt(monkeypatch, capsys, tmp_path):
    fit = edunet.Sequential.fit

    def interrupt(self, *arguments, **options):
        fit(self, *arguments, **options | {"epochs": 1})
        raise KeyboardInterrupt

    monkeypatch.setattr(edunet.Sequential, "fit", interrupt)
    assert cli.main(["demo", "--task", "diagnosis", "--out", "a"]) == 130
    assert "stopped after 1 finished epochs; what was learnt is in" in capsys.readouterr().err
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["learning_curve.png", "weights.safetensors"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--task", "diagnoses"], "Did you mean 'diagnosis'?"),
        (["--task", "Images"], "expected one of ['course', 'diagnosis', 'drugs', 'images']"),
        (["--task", "drugs", "--data", "x.npz"], "Leave out --task to train the article's network on it, or --data."),
    ],
    ids=["mistyped", "another case", "with a file"],
)
def test_wrong_input_is_one_sentence_and_leaves_nothing(arguments, message, capsys, tmp_path):
    assert cli.main(["demo", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_never_touched(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "report.html").write_text("mine")
    assert cli.main(["demo", "--task", "images", "--out", "mine"]) == 2
    assert (tmp_path / "mine" / "report.html").read_text() == "mine"


def test_patients_who_are_asked_at_no_hour_are_told_of():
    cohort = SimpleNamespace(asked=np.array([[True, False], [False, False], [False, False]]))
    assert clinical._never_asked(cohort, np.array([0, 2])) == [
        "Of the test part 1 are asked at no hour; nothing is judged of them."
    ]
    assert clinical._never_asked(cohort, np.array([0])) == []
    assert clinical._never_asked(SimpleNamespace(asked=None), np.array([0])) == []
