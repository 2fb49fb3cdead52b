"""Who types what other libraries call a metric is told its name here."""

import pytest

from edunet import clinic
from edunet.clinic.elsewhere import NAMES


@pytest.mark.parametrize(
    ("typed", "here"),
    [
        ("roc_auc_score", "auroc"),
        ("AUC", "auroc"),
        ("precision_score", "ppv"),
        ("brier_score_loss", "brier_score"),
        ("KaplanMeierFitter", "kaplan_meier"),
        ("concordance_index", "c_index"),
        ("val_prob", "calibration_slope_intercept"),
    ],
)
def test_names_of_others(typed, here):
    with pytest.raises(AttributeError, match=f"edunet.clinic has no '{typed}'. It is called '{here}' here"):
        getattr(clinic, typed)


def test_a_mistyped_name_is_guessed():
    with pytest.raises(AttributeError, match=r"has no 'sensitvity'. Did you mean 'sensitivity'\?"):
        _ = clinic.sensitvity


def test_what_is_named_is_there():
    assert set(NAMES) <= set(clinic.__all__)


def test_nothing_is_named_twice():
    others = [other for names in NAMES.values() for other in names.split()]
    assert len(others) == len(set(others))
    assert not set(others) & set(clinic.__all__)


def test_every_public_function_is_in_the_table_of_contents():
    words = clinic.__doc__.replace(",", " ").replace(";", " ").split()
    assert [name for name in clinic.__all__ if name.islower() and name not in words] == []


def test_what_a_metric_returns_is_public():
    y, p = [0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.9]
    table = clinic.subgroup_table(y * 4, p * 4, ["a", "b"] * 12)
    returned = [
        clinic.calibration_slope_intercept(y, p),
        clinic.spiegelhalter_z(y, p),
        clinic.calibration_at([1, 2, 3, 4, 5, 6], y, p, 4, groups=1)[0],
        table.rows[0],
        table.gaps[0],
    ]
    assert [type(one).__name__ for one in returned if type(one).__name__ not in clinic.__all__] == []
