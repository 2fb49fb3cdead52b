"""One call, one page: everything a clinical reviewer asks of predictions."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from pathlib import Path

from edunet.clinic.estimate import Estimate
from edunet.clinic.model_card import card_sections, model_card
from edunet.clinic.report_card import half_known, known_items
from edunet.clinic.report_case import Case, read_case
from edunet.clinic.report_classes import sections_of_classes
from edunet.clinic.report_page import Items, Section, as_html, as_text
from edunet.clinic.report_sections import sections_of
from edunet.models.files import put
from edunet.preprocessing.trail import trail as lines_of

__all__ = ["Report", "report"]


@dataclass(frozen=True)
class Report:
    """The page of `clinic.report`: `text()`, `html()`, `save(path)`, and the numbers by name."""

    title: str
    sections: tuple[Section, ...] = field(repr=False)
    numbers: dict[str, Estimate]
    synthetic: bool = False

    def text(self) -> str:
        return as_text(self.title, self.sections, synthetic=self.synthetic)

    def html(self) -> str:
        return as_html(self.title, self.sections, synthetic=self.synthetic)

    def save(self, path, *, overwrite: bool = False) -> Path:
        """Write the page, as HTML or, to a path that ends in .txt, as text; all of it or nothing.

        Raises: FileExistsError if a file is there, unless overwrite=True; ValueError for another ending; OSError.
        """
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm", ".txt"):
            raise ValueError(f"a report is saved as .html or .txt. Received: {str(path)!r}.")
        if path.exists() and not overwrite:
            raise FileExistsError(f"{str(path)!r} is there already; choose another path, or give overwrite=True.")
        put(path, (self.text() if path.suffix.lower() == ".txt" else self.html()).encode())
        return path

    __str__ = text

    def _repr_html_(self) -> str:
        title, page = html.escape(self.title), html.escape(self.html())  # quotes too
        style = "width: 100%; height: 40rem; border: 1px solid #999"
        return f'<iframe title="{title}" sandbox style="{style}" srcdoc="{page}"></iframe>'


def report(
    y,
    p,
    *,
    groups=None,
    subgroup=None,
    threshold=None,
    prevalence=None,
    best=None,
    trail=(),
    card=None,
    class_names=None,
    title="How good are these predictions?",
    synthetic=False,
    out=None,
    seed=0,
) -> Report:
    """Judge predictions as a clinical reviewer would, on one page that opens without a network.

    The rarest class first; every number with its interval, its n and how it was computed; beside it what a trivial
    answer gets and, on generated data, the best possible one; ROC, precision-recall, calibration and decision curves;
    subgroups; what was done to the data; and a model card under the headings of TRIPOD+AI with blanks for a person.
    What cannot be computed is named with its reason, and the rest is computed.

    Args: y (N,), 0 healthy, 1 ill, of patients that neither trained the model nor chose anything of it; p (N,), the
        predicted probabilities (other numbers that are higher for the ill: what needs probabilities is left out). Or
        of K classes y (N,) from 0 to K−1, or (N,K) of 0 and 1, and p (N,K): then each class is one against the rest.
        groups (N,), whose each row is, if patients have several: intervals are then those of so many patients.
        subgroup {"sex": (N,), ...}, or (N,): every number again for each value in it.
        threshold, from which on a patient is called ill, best by `clinic.threshold_for` on validation data; unless
        given 0.5 of probabilities. prevalence, where the model shall be used, between 0 and 1.
        best, the best possible predictions of these rows, as `cohort.truth["risk"]` of a generated set.
        trail, what was done to the data: sentences, fitted steps of edunet.preprocessing and scikit-learn, a pipeline.
        card, items of TRIPOD+AI that you answer, {"6b": "adults with chest pain"}, see `clinic.model_card`.
        class_names, ("healthy", "ill"); title; synthetic, True marks generated data; out, a path to write the page to;
        seed, of the resamples.
    Returns: `Report` with text(), html(), save(path), and numbers, {"auroc": Estimate, ...}.
    Raises: ValueError for labels other than 0 and 1 (or class numbers), lengths that differ, no row to judge, an
        item that TRIPOD+AI lacks; FileExistsError for out.
    The usual misuse: a report of the patients that chose the threshold, the epoch or the model. It flatters.
    Source: Collins and others, TRIPOD+AI (2024); Van Calster and others, Calibration: the Achilles heel of predictive
    analytics (2019); Vickers & Elkin, Decision curve analysis (2006).

    >>> rng = np.random.default_rng(0)
    >>> risk = rng.random(500)
    >>> page = report(rng.random(500) < risk, risk, synthetic=True)
    >>> page.numbers["auroc"].text(2)
    '0.84 [0.80 to 0.87]'
    """
    told = model_card(card).known
    case = read_case(y, p, groups, subgroup, best, threshold, prevalence, class_names, synthetic, seed)
    found, numbers = (sections_of if case.p.ndim == 1 else sections_of_classes)(case)
    trailed = tuple(lines_of(trail))
    known = known_items(case, numbers)
    sections = (
        Section("What was judged", (Items(_facts(case)),)),
        *found,
        Section("What was done to the data", (Items(trailed or (NO_TRAIL,)),)),
        Section("Model card (headings of TRIPOD+AI)", card_sections(known | told, half_known(case, trailed))),
        Section("What no report can say", (Items(LIMITS),)),
    )
    page = Report(str(title), sections, numbers, synthetic)
    if out is not None:
        page.save(out)
    return page


NO_TRAIL = "Nothing was told of it: give trail=, the fitted steps or sentences, so that others can judge it."
LIMITS = (
    "Whether the patients are like those of another hospital: only data from there can say (external validation).",
    "Whether anybody is better off: that takes a trial, not a test set.",
    "Whether these patients were really kept from the training, and from the choice of the threshold.",
    "An interval counts the chance of drawing these patients, and no error in labels, selection or measurement.",
)


def _facts(case: Case) -> tuple[str, ...]:
    rows = f"{case.n:,} rows" if case.groups is None else f"{case.n:,} rows of {case.patients:,} patients"
    if case.p.ndim == 1:
        rows += f"; {case.events:,} rows ({case.events / case.n:.1%}) are {case.names[1]!r}"
    return (rows + ".", *case.notes, "Intervals are 95 %.")
