"""A model card under the headings of TRIPOD+AI: what the code knows is filled in, the rest are questions to a person.

The headings and the numbers of the items are those of the guideline; the questions are put in our own, shorter words.
A card with blanks is no reporting according to TRIPOD+AI, and a full one proves nothing about the model: it tells a
reader what was done, so that the reader can judge it.

Source: G. S. Collins and others, TRIPOD+AI statement: updated guidance for reporting clinical prediction models that
use regression or machine learning methods, BMJ 385 (2024) e078378.
"""

from __future__ import annotations

from collections.abc import Mapping

from edunet.clinic.report_page import Blank, Part, Section, as_html, as_text

__all__ = ["ITEMS", "ModelCard", "card_sections", "model_card"]

# heading -> (item, what it is called, what a person is asked); an item keeps its number in the guideline
ITEMS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Title and abstract": (
        ("1", "Title", "Is a model developed or evaluated, for which patients, to predict what?"),
        ("2", "Abstract", "A structured summary (TRIPOD+AI for Abstracts)."),
    ),
    "Introduction": (
        ("3a", "Healthcare context", "Which decision does the model serve, at which moment, and what is done today?"),
        ("3b", "Target population", "For whom is it meant, and who is to use it?"),
        ("3c", "Known inequalities", "Which groups are treated worse today, and could the model add to that?"),
        ("4", "Objectives", "Development, evaluation or both?"),
    ),
    "Methods": (
        (
            "5a",
            "Source of the data",
            "Which data, separately for training and evaluation, and why are they fit for it?",
        ),
        ("5b", "Dates", "From when to when were patients included, and until when were they followed?"),
        ("6a", "Setting", "How many centres, of which kind, where?"),
        ("6b", "Eligibility", "Who was included, and who was not?"),
        ("6c", "Treatments", "Which treatments did patients receive, and how was this dealt with?"),
        ("7", "Data preparation", "What was done to the data, and was it the same for every group?"),
        ("8a", "Outcome", "What exactly is predicted, over which horizon, and how was it found out?"),
        ("8b", "Outcome assessors", "Who judged it, with which training?"),
        ("8c", "Blinding", "Did whoever judged the outcome know the predictors?"),
        ("9a", "Choice of predictors", "Why these, and were others tried?"),
        ("9b", "Definition of predictors", "How and when is each measured, in which unit?"),
        ("9c", "Predictor assessors", "If judgement is needed: whose?"),
        ("10", "Sample size", "How was it arrived at, and is it enough to answer the question?"),
        ("11", "Missing data", "How much was missing, why, and how was it handled?"),
        ("12a", "Use of the data", "Which patients trained the model, which chose among models, which judged it?"),
        ("12b", "Handling of predictors", "Scaling, transformation, categories."),
        ("12c", "Type of model", "Architecture, training, choice of its settings, internal validation."),
        ("12d", "Clusters", "Was heterogeneity between centres or countries looked at?"),
        ("12e", "Measures of performance", "Which measures, and why these?"),
        ("12f", "Updating", "Was the model changed after the evaluation, for all or for some groups?"),
        ("12g", "Predictions", "How were the predictions obtained: formula, code, service?"),
        ("13", "Class imbalance", "If methods against imbalance were used: why, how, and were risks recalibrated?"),
        ("14", "Fairness", "What was done about unfairness, and why that?"),
        ("15", "Model output", "What does the model give out, and how were thresholds chosen?"),
        ("16", "Training against evaluation", "How do the two differ in setting, eligibility, outcome, predictors?"),
        ("17", "Ethical approval", "Which committee, which consent?"),
    ),
    "Open science": (
        ("18a", "Funding", "Who paid, and what part did they take?"),
        ("18b", "Conflicts of interest", "Of every author."),
        ("18c", "Protocol", "Where can it be read?"),
        ("18d", "Registration", "Registry and number, or that it was not registered."),
        ("18e", "Data sharing", "Who can have the data, and how?"),
        ("18f", "Code sharing", "Who can have the code, and how?"),
    ),
    "Patient and public involvement": (
        ("19", "Involvement", "Of patients and the public, in which step, or that there was none."),
    ),
    "Results": (
        ("20a", "Flow of participants", "How many were screened, included, with and without the outcome?"),
        ("20b", "Characteristics", "Of patients, by centre; key predictors, treatments, missing values."),
        ("20c", "Comparison of data", "How do the evaluation data differ from those of the training?"),
        ("21", "Model development", "How many patients and events in each analysis?"),
        ("22", "Model specification", "Enough to let others predict for a new patient."),
        ("23a", "Performance", "With intervals, also for key groups; plots."),
        ("23b", "Heterogeneity", "Of the performance between clusters."),
        ("24", "Model updating", "Results of any updating."),
    ),
    "Discussion": (
        ("25", "Interpretation", "What do the results mean, fairness included, beside earlier studies?"),
        ("26", "Limitations", "Of the sample, the missing data, the statistics; and what follows from them."),
        ("27a", "Poor or missing input", "How does a user notice and handle it when the model is used?"),
        ("27b", "Users", "Must they interact with it or know something special?"),
        ("27c", "Next steps", "Towards which use, and which further evaluation?"),
    ),
}


def model_card(known: Mapping[str, str] | None = None, *, title="Model card", synthetic=False) -> ModelCard:
    """Lay out a model card under the headings of TRIPOD+AI; what is not known stays a question.

    Arguments: known, item -> text, for example {"6b": "adults admitted for chest pain"}; title; synthetic, that the
        patients are generated. `clinic.report` fills in what follows from the predictions.
    Raises: ValueError for an item that the guideline does not have, TypeError for what is no mapping.
    Misuse: to take an item for answered since a program wrote something there; the program knows the numbers only.
    Source: see the module.

    >>> card = model_card({"6b": "Adults admitted for chest pain."})
    >>> card.open_items()[:3]
    ['1', '2', '3a']
    >>> "Adults admitted for chest pain." in card.text()
    True
    """
    items = {item for group in ITEMS.values() for item, _, _ in group}
    if known is not None and not isinstance(known, Mapping):
        raise TypeError(f'model_card: expected {{item: text}}, such as {{"6b": "adults"}}. Received: {known!r:.40}')
    unknown = [item for item in known or {} if item not in items]
    if unknown:
        raise ValueError(f"model_card: TRIPOD+AI has no item {unknown[0]!r}. Its items: {', '.join(sorted(items))}.")
    told = {item: str(text) for item, text in (known or {}).items() if text is not None and str(text).strip()}
    return ModelCard(told, title, synthetic)


class ModelCard:
    """What is known by item; `text()`, `html()`, and `open_items()`, which a person must still write."""

    def __init__(self, known: dict[str, str], title: str, synthetic: bool):
        self.known, self.title, self.synthetic = known, title, synthetic

    def open_items(self) -> list[str]:
        return [item for group in ITEMS.values() for item, _, _ in group if item not in self.known]

    def text(self) -> str:
        return as_text(self.title, card_sections(self.known), synthetic=self.synthetic)

    def html(self) -> str:
        return as_html(self.title, card_sections(self.known), synthetic=self.synthetic)

    __str__ = text

    def __repr__(self):
        return f"<ModelCard {self.title!r}: {len(self.known)} items filled in, {len(self.open_items())} to be written>"


def card_sections(known: Mapping[str, str], facts: Mapping[str, str] | None = None) -> tuple[Section, ...]:
    """Return a section for each heading of the guideline; of facts, that answer half an item, the question stays."""
    sections = []
    for heading, group in ITEMS.items():
        parts: list[Part] = []
        for item, name, question in group:
            text = known.get(item)
            fact = None if text else (facts or {}).get(item)
            if text or fact:
                parts.append(f"{item} {name}. {text or fact}")
            if not text:
                parts.append(Blank(f"{item} {name}. {question}"))
        sections.append(Section(heading, tuple(parts)))
    return tuple(sections)
