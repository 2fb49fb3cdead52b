"""What a task of the demo is: generated patients, a network that fits them, and who is looked at by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from edunet.datasets.cohort import Cohort
from edunet.models import Model

__all__ = ["Prepared", "Task"]


class Prepared(NamedTuple):
    """What the network reads, and the network, made for it."""

    x: np.ndarray  # (n,...) of all patients; whatever had to be learnt for it comes from the training part
    model: Model  # not compiled yet
    trail: list[str]  # what was done to the data, a sentence each


@dataclass(frozen=True)
class Task:
    """One answer to "what would I use this for?": drawn, trained, judged and reported by `edunet.demo.clinical`."""

    name: str
    title: str  # of the report
    question: str  # what a learner reads first
    unit: str  # what is counted: patients, pictures, molecules
    generator: str  # its module in edunet.datasets
    draw: Callable[[int, int], Cohort]  # n, seed
    prepare: Callable[[Cohort, np.ndarray], Prepared]  # the cohort, rows of the training part
    subgroups: Callable[[Cohort], dict[str, np.ndarray]]  # name of the division -> (n,) or (n,T) names of the parts
    epochs: int
    rate: float  # the highest learning rate
    decay: float  # of the weights
    sensitivity: float  # share of the ill that must be found; the threshold follows from it
    why_sensitivity: str
    # the cohort, rows of the test part, answers at what is asked, threshold -> what the ward wants to know besides
    also: Callable[[Cohort, np.ndarray, np.ndarray, float], str] | None = None
