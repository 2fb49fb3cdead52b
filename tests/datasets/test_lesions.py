"""lesions: what is drawn, where the mask lies, the ideal observer against its definition, weaker observers."""

import numpy as np
import pytest

from edunet.datasets import lesions
from edunet.datasets.lesions import oracle_score

N = 20_000
MARKED = 8000


@pytest.fixture(scope="module")
def pictures():
    return lesions.load(N, seed=1)


def template(row, col, amplitude):
    """t_k, written out."""
    i, j = np.mgrid[:24, :24]
    return amplitude * np.exp(-((i - row) ** 2 + (j - col) ** 2) / (2 * 1.5**2))


def test_form(pictures):
    assert pictures.x.shape == (N, 24, 24, 1)
    assert pictures.x.dtype == np.float32
    assert pictures.truth["mask"].shape == (N, 24, 24)
    assert pictures.truth["mask"].dtype == bool


def test_first_rows_are_pinned():
    pictures = lesions.load(8)
    assert pictures.y.tolist() == [1, 1, 1, 0, 0, 0, 0, 0]
    assert pictures.truth["row"].tolist() == [12, 5, 6, -1, -1, -1, -1, -1]
    assert pictures.truth["col"].tolist() == [15, 4, 12, -1, -1, -1, -1, -1]
    np.testing.assert_allclose(
        pictures.x[0, 10, 10:14, 0], [-0.77709037, 0.18767647, 1.9003514, -0.040139437], rtol=1e-6
    )
    np.testing.assert_allclose(
        pictures.truth["log_likelihood_ratio"][:3], [-2.2859551, -2.4857488, -1.8463294], rtol=1e-5
    )  # 576 float32


def test_half_of_the_pictures_have_a_lesion(pictures):
    assert pictures.y.mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(N))


def test_places_are_uniform_on_the_inner_pixels(pictures):
    ill = pictures.y == 1
    for name in ("row", "col"):
        counts = np.bincount(pictures.truth[name][ill], minlength=24)
        assert not counts[:4].any()
        assert not counts[20:].any()
        assert abs(counts[4:20] / counts.sum() - 1 / 16).max() < 0.01


def test_without_lesion_there_is_no_place_no_mask_no_amplitude(pictures):
    healthy = pictures.y == 0
    assert set(pictures.truth["row"][healthy]) == set(pictures.truth["col"][healthy]) == {-1}
    assert not pictures.truth["mask"][healthy].any()
    assert not pictures.truth["amplitude"][healthy].any()


def test_mask_is_the_disc_around_the_lesion(pictures):
    for i in np.flatnonzero(pictures.y)[:50]:
        mask = pictures.truth["mask"][i]
        centre = [pictures.truth["row"][i], pictures.truth["col"][i]]
        assert mask.sum() == 29
        np.testing.assert_allclose(np.argwhere(mask).mean(0), centre)
        assert np.hypot(*(np.argwhere(mask) - centre).T).max() == 3


def test_mask_holds_the_signal():
    t = template(12, 12, 1) ** 2
    i, j = np.mgrid[:24, :24]
    assert t[np.hypot(i - 12, j - 12) <= 3].sum() / t.sum() == pytest.approx(0.98, abs=0.01)


def test_lesion_lies_where_the_truth_says(pictures):
    """Under the masks pixels are brighter by the mean of the template there, outside nothing is."""
    ill = pictures.y == 1
    x, mask = pictures.x[ill, ..., 0], pictures.truth["mask"][ill]
    i, j = np.mgrid[:24, :24]
    expected = template(12, 12, 1.2)[np.hypot(i - 12, j - 12) <= 3].mean()
    assert x[mask].mean() == pytest.approx(expected, abs=0.01)
    assert x[~mask].mean() == pytest.approx(0, abs=0.01)


def test_rest_is_white_noise_of_sd_1(pictures):
    clean = pictures.x.copy()
    for i in np.flatnonzero(pictures.y[:2000]):
        clean[i, ..., 0] -= template(pictures.truth["row"][i], pictures.truth["col"][i], 1.2)
    noise = clean[:2000, ..., 0]
    assert noise.mean() == pytest.approx(0, abs=0.005)
    assert noise.std() == pytest.approx(1, abs=0.005)
    assert (noise[:, 1:] * noise[:, :-1]).mean() == pytest.approx(0, abs=0.005)


@pytest.mark.parametrize("amplitude", [0.3, 1.2, 20.0])
def test_likelihood_ratio_is_the_mean_over_all_places(amplitude):
    pictures = lesions.load(5, seed=2, amplitude=amplitude)
    x = pictures.x[..., 0].astype(float)
    evidence = []
    for row in range(4, 20):
        for col in range(4, 20):
            t = template(row, col, amplitude)
            evidence.append((x * t).sum((1, 2)) - 0.5 * (t**2).sum())
    expected = np.logaddexp.reduce(evidence, axis=0) - np.log(256)
    np.testing.assert_allclose(pictures.truth["log_likelihood_ratio"], expected, rtol=1e-9)
    np.testing.assert_allclose(pictures.truth["risk"], np.exp(-np.logaddexp(0, -expected)), rtol=1e-9)


@pytest.mark.parametrize(("amplitude", "best"), [(1.2, 0.897), (1.5, 0.965), (1.8, 0.992)])
def test_best_auc(amplitude, best, auc):
    pictures = lesions.load(N, seed=3, amplitude=amplitude)
    score, error = oracle_score(pictures.truth)
    assert score == pytest.approx(best, abs=4 * error + 0.0005)
    assert auc(pictures.y, pictures.truth["risk"]) == pytest.approx(best, abs=0.009)


def test_largest_sum_is_nearly_ideal(pictures, auc):
    g = lesions.profiles()
    largest = (g @ pictures.x[..., 0] @ g.T).max((1, 2))
    assert auc(pictures.y, largest) == pytest.approx(0.892, abs=0.009)


def test_mean_grey_is_poor(pictures, auc):
    assert auc(pictures.y, pictures.x.mean((1, 2, 3))) == pytest.approx(0.69, abs=0.012)


def test_a_linear_model_of_the_pixels_is_poor(pictures, auc, logistic):
    flat = pictures.x.reshape(N, -1)
    score = logistic(flat[:8000], pictures.y[:8000], flat[8000:], decay=1.0)
    assert auc(pictures.y[8000:], score) == pytest.approx(0.72, abs=0.02)


def test_stronger_lesions_keep_noise_places_and_labels():
    a, b = lesions.load(20, seed=4), lesions.load(20, seed=4, amplitude=3)
    np.testing.assert_array_equal(a.y, b.y)
    np.testing.assert_array_equal(a.truth["row"], b.truth["row"])
    np.testing.assert_array_equal(a.x[a.y == 0], b.x[a.y == 0])
    assert set(b.truth["amplitude"].tolist()) == {0.0, 3.0}


def test_amplitude_0_tells_nothing():
    pictures = lesions.load(20, amplitude=0)
    np.testing.assert_allclose(pictures.truth["risk"], 0.5)


def test_strongest_lesions_are_certain():
    pictures = lesions.load(200, amplitude=100)
    np.testing.assert_array_equal(pictures.truth["risk"].round(), pictures.y)


@pytest.mark.parametrize("amplitude", [-0.1, 101, np.inf, np.nan])
def test_amplitude_out_of_range(amplitude):
    with pytest.raises(ValueError, match="between 0 and 100.*amplitude="):
        lesions.load(1, amplitude=amplitude)


@pytest.mark.parametrize("amplitude", ["1.2", None, True, [1.2], 1j])
def test_amplitude_is_a_number(amplitude):
    with pytest.raises(TypeError, match="amplitude must be a number"):
        lesions.load(1, amplitude=amplitude)


# --- texture: power-law noise -----------------------------------------------------------------------------------------


def covariance():
    """C (576,576) of periodic noise with the spectrum f^-3, written out as Σ_f λ(f)·cos(2πf·(u - v))/576."""
    f = np.fft.fftfreq(24)
    power = np.hypot(*np.meshgrid(f, f, indexing="ij"))
    power[0, 0] = 1 / 24
    power = power**-3.0
    power /= power.mean()
    wave = np.cos(2 * np.pi * np.outer(np.arange(24), f)), np.sin(2 * np.pi * np.outer(np.arange(24), f))
    # cos(a + b) of a shift (i,j) by the addition theorem
    lag = (wave[0] @ power @ wave[0].T - wave[1] @ power @ wave[1].T) / 576
    i, j = (k.ravel() for k in np.mgrid[:24, :24])
    return lag[(i[:, None] - i) % 24, (j[:, None] - j) % 24]


@pytest.fixture(scope="module")
def tissue():
    return lesions.load(N, seed=1, amplitude=2.4, texture="power_law")


def test_first_pictures_of_tissue_are_pinned():
    pictures = lesions.load(3, texture="power_law", amplitude=2.8)
    np.testing.assert_allclose(
        pictures.x[0, 10, 10:14, 0], [-0.59839374, -0.091437161, 0.26739913, -0.091251142], rtol=1e-5
    )
    np.testing.assert_allclose(pictures.truth["log_likelihood_ratio"], [-1.7817857, -0.80662373, -1.2561421], rtol=1e-5)


def test_tissue_has_the_covariance_it_says(tissue):
    noise = tissue.x[tissue.y == 0].reshape(-1, 576).astype(float)
    c = covariance()
    np.testing.assert_allclose(np.diag(c), 1)
    assert abs(noise.T @ noise / len(noise) - c).max() < 5.5 * np.sqrt(2 / len(noise))


def test_tissue_spectrum_falls_with_the_third_power(tissue):
    power = (abs(np.fft.fft2(tissue.x[tissue.y == 0, ..., 0])) ** 2).mean(0)
    assert power[0, 2] / power[0, 8] == pytest.approx(4**3, rel=0.1)


@pytest.mark.parametrize("amplitude", [1.2, 2.8, 20.0])
def test_prewhitened_ratio_is_that_of_two_normal_distributions(amplitude):
    """ln mean_k N(x; t_k, C) - ln N(x; 0, C), with C written out and solved: no Fourier transform."""
    pictures = lesions.load(5, seed=2, amplitude=amplitude, texture="power_law")
    x = pictures.x.reshape(5, 576).astype(float)
    t = np.array([template(row, col, amplitude).ravel() for row in range(4, 20) for col in range(4, 20)])
    white = np.linalg.solve(covariance(), t.T)  # C⁻¹t
    evidence = x @ white - 0.5 * (t.T * white).sum(0)
    expected = np.logaddexp.reduce(evidence, axis=1) - np.log(256)
    np.testing.assert_allclose(pictures.truth["log_likelihood_ratio"], expected, rtol=1e-6, atol=1e-6)


def test_best_auc_in_tissue(tissue, auc):
    assert oracle_score(tissue.truth).score == pytest.approx(0.925, abs=0.004)
    assert auc(tissue.y, tissue.truth["risk"]) == pytest.approx(0.925, abs=0.009)


def test_a_matched_filter_that_does_not_prewhiten_is_poor(tissue, auc):
    g = lesions.profiles()
    assert auc(tissue.y, (g @ tissue.x[..., 0] @ g.T).max((1, 2))) == pytest.approx(0.634, abs=0.012)


def test_tissue_keeps_places_and_labels(tissue, pictures):
    np.testing.assert_array_equal(tissue.y, pictures.y)
    np.testing.assert_array_equal(tissue.truth["row"], pictures.truth["row"])


# --- confound: a marker -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["white", "power_law"])
def marked(request):
    return lesions.load(MARKED, seed=1, texture=request.param, confound="marker")


def test_marker_lies_on_most_with_and_few_without_lesion(marked):
    for label, share in ((0, 0.05), (1, 0.90)):
        found = marked.truth["marker"][marked.y == label].mean()
        assert found == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / (MARKED / 2)))


def test_without_confound_the_same_pictures_without_marker():
    a, b = (lesions.load(500, seed=3, confound=confound) for confound in ("marker", None))
    np.testing.assert_array_equal(a.y, b.y)
    marker = a.truth["marker"]
    difference = a.x[..., 0] - b.x[..., 0]
    np.testing.assert_array_equal(difference[~marker], 0)
    np.testing.assert_allclose(difference[marker][:, :3, :3], 5, rtol=1e-6)
    difference[:, :3, :3] = 0
    assert not difference.any()
    np.testing.assert_allclose(a.truth["risk_without_marker"], b.truth["risk"])


def test_marker_is_in_the_truth_only_if_asked_for(marked, pictures):
    assert set(marked.truth) - set(pictures.truth) == {"marker", "risk_without_marker"}
    for cohort in (marked, pictures):
        assert set(cohort.units) == {*cohort.columns, *cohort.truth}


def test_marker_multiplies_the_odds_by_how_much_oftener_the_ill_have_it(marked):
    """The marker is so bright that it is seen for certain; then Bayes needs nothing but the two shares."""
    odds = np.log(marked.truth["risk_without_marker"] / (1 - marked.truth["risk_without_marker"]))
    said = np.where(marked.truth["marker"], np.log(0.90 / 0.05), np.log(0.10 / 0.95))
    np.testing.assert_allclose(marked.truth["log_likelihood_ratio"], odds + said, atol=1e-6)


def test_both_risks_are_calibrated(marked):
    for name in ("risk", "risk_without_marker"):
        order = np.argsort(marked.truth[name], kind="stable")
        risk, y = marked.truth[name][order].reshape(10, -1), marked.y[order].reshape(10, -1)
        error = np.sqrt((risk * (1 - risk)).sum(1)) / risk.shape[1]
        assert (abs(y.mean(1) - risk.mean(1)) < 4 * error + 1e-9).all()


def test_marker_alone_beats_the_lesion(auc):
    pictures = lesions.load(N, seed=1, confound="marker")
    assert auc(pictures.y, pictures.truth["marker"]) == pytest.approx(0.925, abs=0.006)
    assert oracle_score({"risk": pictures.truth["risk_without_marker"]}).score == pytest.approx(0.897, abs=0.004)
    assert oracle_score(pictures.truth).score == pytest.approx(0.981, abs=0.002)


@pytest.mark.parametrize(("name", "value"), [("texture", "wood"), ("texture", None), ("confound", "white")])
def test_unknown_word(name, value):
    with pytest.raises(ValueError, match=f"{name} must be one of .*{name}={value!r}"):
        lesions.load(1, **{name: value})


@pytest.mark.parametrize("name", ["texture", "confound"])
def test_option_is_a_word(name):
    with pytest.raises(TypeError, match=f"{name} must be one of .*3"):
        lesions.load(1, **{name: 3})
