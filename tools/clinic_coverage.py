"""Count how often the intervals of edunet.clinic hold the truth, in simulated patients of whom it is known.

    python tools/clinic_coverage.py --n 500                  every table (20 minutes, most of it for the bootstraps)
    python tools/clinic_coverage.py --n 2000 auroc shares    two of them (one minute)

An interval of 95 % should hold the true value in 95 of 100 samples, and should miss as often on either side: `low` are
the samples whose interval lies below the truth, `high` above it. Scores are normal, of the healthy around 0 and of the
ill around d, so that AUC = Φ(d/√2). With 2,000 samples the figures are known to ± 1.0 (two standard errors), with 500
to ± 2.0.
"""

import argparse
import itertools
import math
import sys
from collections.abc import Iterator
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from edunet.clinic.auprc import auprc
from edunet.clinic.auroc import auroc, compare_auroc
from edunet.clinic.bootstrap import bootstrap_ci
from edunet.clinic.confusion import sensitivity
from edunet.clinic.confusion_scores import balanced_accuracy, f1_score
from edunet.clinic.likelihood import diagnostic_odds_ratio
from edunet.clinic.net_benefit import net_benefit
from edunet.clinic.operating_points import sensitivity_at, specificity_at
from edunet.clinic.partial_auroc import partial_auroc
from edunet.clinic.predictive import npv, ppv
from edunet.clinic.prior import estimate_prior
from edunet.clinic.threshold import threshold_for

NORMAL = NormalDist()
PHI = np.vectorize(NORMAL.cdf)


class Row(NamedTuple):
    """How often intervals held the truth: of n samples, so many lay below and above it, so many had no interval."""

    setting: str
    method: str
    n: int
    low: int
    high: int
    none: int

    @property
    def held(self) -> float:
        """Percent of the intervals there were."""
        there = self.n - self.none
        return 100 * (1 - (self.low + self.high) / there) if there else math.nan

    def __str__(self):
        there = max(self.n - self.none, 1)
        return (
            f"{self.setting:44} {self.method:26} {self.held:5.1f} % held   low {100 * self.low / there:4.1f}   "
            f"high {100 * self.high / there:4.1f}" + f"   none {self.none}" * bool(self.none)
        )


def distance(auc: float) -> float:
    """Return how far apart the ill and the healthy are, in standard deviations."""
    return NORMAL.inv_cdf(auc) * math.sqrt(2)


def people(ill: int, healthy: int) -> np.ndarray:
    return np.repeat([True, False], [ill, healthy])


def count(setting: str, n: int, sample, truths: dict[str, float]) -> list[Row]:
    """Draw n samples; `sample()` returns {method: Estimate}, `truths` says what each should hold."""
    missed = {method: [0, 0, 0] for method in truths}
    for _ in range(n):
        for method, estimate in sample().items():
            if math.isnan(estimate.low):
                missed[method][2] += 1
            else:
                missed[method][0] += estimate.high < truths[method] - 1e-12
                missed[method][1] += estimate.low > truths[method] + 1e-12
    return [Row(setting, method, n, *of) for method, of in missed.items()]


# ---------------------------------------------------------------- the tables


SIZES = ((10, 10), (10, 190), (20, 80), (50, 50), (50, 450), (200, 200), (100, 1900))


def area(n: int, rng, sizes=SIZES, areas=(0.6, 0.75, 0.85, 0.95)) -> Iterator[Row]:
    """DeLong's interval on the logit scale, by AUC and numbers of ill and healthy patients."""
    for auc in areas:
        for ill, healthy in sizes:
            y = people(ill, healthy)

            def sample(y=y, auc=auc):
                return {"auroc": auroc(y, rng.normal(size=len(y)) + distance(auc) * y)}

            yield from count(f"AUC {auc:.2f}, {ill} ill, {healthy} healthy", n, sample, {"auroc": auc})


def rare(n: int, rng) -> Iterator[Row]:
    """The same where few are ill and are ranked well: too narrow, as `how` says."""
    return area(n, rng, sizes=((5, 495), (10, 990), (20, 1980)), areas=(0.9, 0.99))


def paired(n: int, rng) -> Iterator[Row]:
    """DeLong's paired interval of a difference; scores of both models have a correlation of 0.6."""
    for first, second in ((0.85, 0.85), (0.85, 0.75), (0.95, 0.9)):
        for ill, healthy in ((20, 80), (50, 450), (200, 200)):
            y = people(ill, healthy)

            def sample(y=y, first=first, second=second):
                common, own = rng.normal(size=len(y)), rng.normal(size=(2, len(y)))
                p1, p2 = (
                    math.sqrt(0.6) * common + math.sqrt(0.4) * own + np.outer([distance(first), distance(second)], y)
                )
                return {"compare_auroc": compare_auroc(y, p1, p2).difference}

            setting = f"AUC {first:.2f} and {second:.2f}, {ill} ill, {healthy} healthy"
            yield from count(setting, n, sample, {"compare_auroc": first - second})


def clusters(rng, patients: int, rows: int, alike: float, auc: float, mixed: bool):
    """Return y, scores and patients: rows of one patient share part of their score."""
    whose = np.repeat(np.arange(patients), rows)
    y = rng.random(patients * rows) < 0.5 if mixed else (np.arange(patients) % 2 == 0)[whose]
    own = rng.normal(size=patients)[whose]
    return y, math.sqrt(alike) * own + math.sqrt(1 - alike) * rng.normal(size=len(y)) + distance(auc) * y, whose


def clustered(n: int, rng, samples: int = 300, rows=(5, 20), patients=(40, 100)) -> Iterator[Row]:
    """Several alike rows of each patient: the plain intervals and those that know of the patients."""
    truths = {"DeLong, plain": 0.8, "DeLong, groups": 0.8}
    truths |= dict.fromkeys(("sensitivity, plain", "sensitivity, groups"), NORMAL.cdf(distance(0.8) - 0.6))
    truths |= dict.fromkeys(("bootstrap, plain", "bootstrap, groups"), 0.8) if samples else {}
    for mixed, each, people_there in itertools.product((False, True), rows, patients):

        def sample(people_there=people_there, each=each, mixed=mixed):
            y, p, whose = clusters(rng, people_there, each, 0.6, 0.8, mixed)
            found = {"DeLong, plain": auroc(y, p), "DeLong, groups": auroc(y, p, groups=whose)}
            found["sensitivity, plain"] = sensitivity(y, p, 0.6)
            found["sensitivity, groups"] = sensitivity(y, p, 0.6, groups=whose)
            if samples:
                found["bootstrap, plain"] = bootstrap_ci(auroc, y, p, n=samples, seed=rng)
                found["bootstrap, groups"] = bootstrap_ci(auroc, y, p, groups=whose, n=samples, seed=rng)
            return found

        setting = f"{people_there} patients x {each} rows, {'both outcomes' if mixed else 'one outcome'} each"
        yield from count(setting, n, sample, truths)


def bootstrap(n: int, rng, samples: int = 1000) -> Iterator[Row]:
    """The bootstrap by percentiles and by BCa, of an area and of an average precision, one row a patient."""
    for auc, ill, healthy in ((0.8, 20, 80), (0.8, 50, 50), (0.95, 50, 150)):
        y = people(ill, healthy)
        truth = {"auroc": auc, "auprc": average_precision(auc, ill / (ill + healthy))}

        def sample(y=y, auc=auc):
            p = rng.normal(size=len(y)) + distance(auc) * y
            return {
                f"{metric.__name__}, {method}": bootstrap_ci(metric, y, p, n=samples, method=method, seed=rng)
                for metric in (auroc, auprc)
                for method in ("percentile", "bca")
            }

        methods = [f"{metric}, {method}" for metric in truth for method in ("percentile", "bca")]
        truths = {method: truth[method.split(",")[0]] for method in methods}
        yield from count(f"AUC {auc:.2f}, {ill} ill, {healthy} healthy", n, sample, truths)


def strata(n: int, rng, samples: int = 500) -> Iterator[Row]:
    """The PPV of 200 patients of whom 30 % are ill by chance: the bootstrap with and without strata by outcome."""
    d = distance(0.85)
    found, alarms = 0.3 * NORMAL.cdf(d - 0.7), 0.7 * NORMAL.cdf(-0.7)

    def sample():
        y = rng.random(200) < 0.3
        p = rng.normal(size=200) + d * y
        return {
            name: bootstrap_ci(lambda y, p: ppv(y, p, 0.7), y, p, n=samples, seed=rng, stratified=stratified)
            for name, stratified in (("stratified", True), ("not stratified", False))
        }

    truth = found / (found + alarms)
    yield from count("PPV, 200 patients", n, sample, {"stratified": truth, "not stratified": truth})


def average_precision(auc: float, prevalence: float) -> float:
    """Return the true area under the precision-recall curve of normal scores."""
    at = np.linspace(-8, 8 + distance(auc), 20_001)
    tp, fp = 1 - PHI(at - distance(auc)), 1 - PHI(at)
    precision = prevalence * tp / np.maximum(prevalence * tp + (1 - prevalence) * fp, 1e-300)
    return float(np.sum(-np.diff(tp) * (precision[1:] + precision[:-1])) / 2)


def precision_recall(n: int, rng) -> Iterator[Row]:
    """The average precision with Boyd's interval, by AUC and prevalence."""
    for auc in (0.7, 0.85, 0.95):
        for ill, healthy in ((10, 90), (20, 80), (50, 50), (50, 450), (50, 4950), (200, 1800)):
            y, truth = people(ill, healthy), average_precision(auc, ill / (ill + healthy))

            def sample(y=y, auc=auc):
                return {"auprc": auprc(y, rng.normal(size=len(y)) + distance(auc) * y)}

            yield from count(
                f"AUC {auc:.2f} (AP {truth:.3f}), {ill} of {ill + healthy} ill", n, sample, {"auprc": truth}
            )


def part(n: int, rng) -> Iterator[Row]:
    """A part of the area, and single points of the curve."""
    for auc in (0.75, 0.85, 0.95):
        d = distance(auc)
        at = (np.arange(20_000) + 0.5) / 20_000 * 0.2
        raw = float(np.mean(PHI(d + np.vectorize(NORMAL.inv_cdf)(at)))) * 0.2
        se = NORMAL.cdf(d - NORMAL.inv_cdf(0.9))
        truths = {"max_fpr=0.2": raw, "min_tpr=0.8": raw, "Se at Sp 0.9": se, "Sp at Se 0.9": se}
        for ill, healthy in ((20, 80), (50, 50), (50, 450), (200, 200)):
            y = people(ill, healthy)

            def sample(y=y, d=d):
                p = rng.normal(size=len(y)) + d * y
                return {
                    "max_fpr=0.2": partial_auroc(y, p, max_fpr=0.2, standardised=False),
                    "min_tpr=0.8": partial_auroc(y, p, min_tpr=0.8, standardised=False),
                    "Se at Sp 0.9": sensitivity_at(y, p, 0.9),
                    "Sp at Se 0.9": specificity_at(y, p, 0.9),
                }

            yield from count(f"AUC {auc:.2f}, {ill} ill, {healthy} healthy", n, sample, truths)


def table_of_four(n: int, rng) -> Iterator[Row]:
    """Shares and ratios at a threshold; PPV and NPV at a prevalence of 2 %, which hold whenever LR+ and LR- do."""
    for se, sp in ((0.9, 0.586), (0.8, 0.9), (0.95, 0.99)):
        for ill, healthy in ((10, 20), (20, 200), (50, 50), (200, 1000)):
            y, share = people(ill, healthy), ill / (ill + healthy)
            positive, negative, odds = se / (1 - sp), (1 - se) / sp, 0.02 / 0.98
            jaccard = se * share / (share + (1 - sp) * (1 - share))
            truths = {
                "sensitivity (Wilson)": se,
                "PPV at 2 %": positive * odds / (1 + positive * odds),
                "NPV at 2 %": 1 / (1 + negative * odds),
                "odds ratio": positive / negative,
                "balanced accuracy": (se + sp) / 2,
                "F1": 2 * jaccard / (1 + jaccard),
            }

            def sample(y=y, se=se, sp=sp):
                p = np.where(y, rng.random(len(y)) < se, rng.random(len(y)) > sp).astype(float)
                return {
                    "sensitivity (Wilson)": sensitivity(y, p),
                    "PPV at 2 %": ppv(y, p, prevalence=0.02),
                    "NPV at 2 %": npv(y, p, prevalence=0.02),
                    "odds ratio": diagnostic_odds_ratio(y, p),
                    "balanced accuracy": balanced_accuracy(y, p),
                    "F1": f1_score(y, p),
                }

            yield from count(f"Se {se}, Sp {sp}, {ill} ill, {healthy} healthy", n, sample, truths)


def prior(n: int, rng) -> Iterator[Row]:
    """The prevalence in new patients from calibrated chances (AUC 0.85, learnt where 30 % are ill)."""
    d = distance(0.85)
    for truth in (0.02, 0.1, 0.5):
        for patients in (100, 1000):

            def sample(truth=truth, patients=patients):
                scores = rng.normal(size=patients) + d * (rng.random(patients) < truth)
                odds = 0.3 / 0.7 * np.exp(d * scores - d * d / 2)
                return {"estimate_prior": estimate_prior(odds / (1 + odds), 0.3)}

            yield from count(f"{patients} patients, {truth:.0%} ill", n, sample, {"estimate_prior": truth})


def benefit(n: int, rng) -> Iterator[Row]:
    """Net benefit of calibrated risks, by how many patients there are and how many of them are ill."""
    for patients, middle, threshold in ((30, 0, 0.1), (300, -4, 0.1), (1000, -5, 0.1), (1000, -5, 0.02), (500, 0, 0.2)):

        def risks(many, middle=middle):
            return 1 / (1 + np.exp(-middle - rng.normal(size=many)))

        cost, all_ = threshold / (1 - threshold), risks(1_000_000)
        truth = float(np.mean(np.where(all_ >= threshold, all_ - (1 - all_) * cost, 0)))

        def sample(patients=patients, threshold=threshold, risks=risks):
            p = risks(patients)
            return {"net_benefit": net_benefit(rng.random(patients) < p, p, threshold)}

        setting = f"{patients} patients, {all_.mean():.1%} ill, treated from {threshold:.0%}"
        yield from count(setting, n, sample, {"net_benefit": truth})


TABLES = {
    "auroc": area,
    "rare": rare,
    "paired": paired,
    "clustered": clustered,
    "bootstrap": bootstrap,
    "strata": strata,
    "auprc": precision_recall,
    "part": part,
    "shares": table_of_four,
    "prior": prior,
    "benefit": benefit,
}


def optimism(n: int, rng) -> Iterator[str]:
    """Thresholds chosen and reported on the same patients: what the report says, and what new patients get."""
    d = distance(0.85)
    for ill, healthy in ((20, 80), (40, 160), (200, 800)):
        y, said, got = people(ill, healthy), [], []
        for _ in range(n):
            t = threshold_for(y, rng.normal(size=len(y)) + d * y, sensitivity=0.95)
            said.append(float(t.sensitivity))
            got.append(NORMAL.cdf(d - float(t)))
        yield (
            f"{ill} ill, {healthy} healthy: the report says {np.mean(said):.3f}, new patients get {np.mean(got):.3f}, "
            f"fewer than 0.90 in {100 * np.mean(np.array(got) < 0.9):.0f} of 100 studies"
        )


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"of {', '.join([*TABLES, 'optimism'])}")
    parser.add_argument("--n", type=int, default=500, help="samples for each line")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    for name in given.tables or [*TABLES, "optimism"]:
        table = {**TABLES, "optimism": optimism}.get(name)
        if table is None:
            parser.error(f"there is no table {name!r}")
        print(f"\n{name}: {table.__doc__}", flush=True)
        for line in table(given.n, np.random.default_rng(given.seed)):
            print(" ", line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
