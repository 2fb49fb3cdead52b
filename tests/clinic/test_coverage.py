"""Intervals hold the truth about 95 times of 100; tools/clinic_coverage.py has the long tables.

400 samples tell the share to ± 1.1 (one standard error): the bounds are four of these away.
"""

import itertools

import clinic_coverage
import numpy as np
import pytest

N = 400


def rows(table, **options):
    return list(table(N, np.random.default_rng(0), **options))


def test_delong():
    for row in rows(clinic_coverage.area, sizes=((20, 60), (50, 50)), areas=(0.6, 0.8)):
        assert 90.5 < row.held < 99.5, str(row)


def test_rows_of_patients_taken_for_patients_do_not_hold():
    lines = clinic_coverage.clustered(N, np.random.default_rng(0), samples=0, rows=(10,), patients=(60,))
    held = {row.method: row.held for row in itertools.islice(lines, 4)}
    assert held["DeLong, plain"] < 75
    assert held["sensitivity, plain"] < 80
    assert 90 < held["DeLong, groups"] < 99.5
    assert 90 < held["sensitivity, groups"] < 99.5


def test_bootstrap_of_patients_holds():
    lines = clinic_coverage.clustered(60, np.random.default_rng(0), samples=100, rows=(5,), patients=(60,))
    held = {row.method: row.held for row in itertools.islice(lines, 6)}
    assert held["bootstrap, plain"] < 85
    assert held["bootstrap, groups"] > 85


@pytest.mark.parametrize("table", ["auprc", "shares", "prior", "benefit"])
def test_others_are_not_too_narrow(table):
    function = clinic_coverage.TABLES[table]
    for row in function(100, np.random.default_rng(0)):
        assert row.held > 83, str(row)


def test_a_table_is_printed(capsys):
    assert clinic_coverage.main(["prior", "--n", "5"]) == 0
    assert "% held" in capsys.readouterr().out
