"""A public list of voters, with names: what a linkage attack joins with records that have none. SYNTHETIC.

It holds a share of the patients, under their true address, and people who are no patients and live in the same towns.
Names are no secret here, diagnoses are not in it: whoever finds the same ZIP code, birth date and sex in the records of
the clinic learns both.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from edunet.datasets.clinic_names import TOWNS
from edunet.datasets.clinic_writing import FIRST_DAY, address, name_of

__all__ = ["Register", "register_of"]

SHOWN = ("first_name", "last_name", "sex", "birth_date", "street", "city", "state", "zip")
MOST = 100  # others for each patient


@dataclass(frozen=True, eq=False)
class Register:
    """Synthetic voters, a row each, by name."""

    columns_dict: dict[str, np.ndarray] = field(repr=False)  # name -> (rows,) of text
    patient: np.ndarray = field(repr=False)  # (rows,), the true patient, as in truth["patient"]; -1: none
    note: str = "SYNTHETIC: a list of voters made by edunet.datasets.clinic_records; all people are invented."
    synthetic: bool = True

    def __len__(self) -> int:
        """Give the number of voters."""
        return len(self.patient)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.columns_dict)


def register_of(table: dict[str, np.ndarray], patient: np.ndarray, seed: int, share: float, others: float) -> Register:
    """Draw the list from PCG64([seed, 7]): a share of the patients, others·n strangers, sorted by name."""
    for name, value, most in (("share", share, 1), ("others", others, MOST)):
        if isinstance(value, bool) or not isinstance(value, int | float | np.floating | np.integer):
            raise TypeError(f"{name} must be a number. Received: {value!r} ({type(value).__name__}). Type {name}=1.")
        if not 0 <= value <= most:
            raise ValueError(f"{name} must be from 0 to {most}. Received: {name}={value}. Type {name}=1.")
    rng = np.random.Generator(np.random.PCG64([seed, 7]))
    who, first_row = np.unique(patient, return_index=True)
    listed = np.sort(rng.permutation(len(who))[: round(share * len(who))])
    voters = [{name: table[name][row] for name in SHOWN} for row in first_row[listed]]
    voters += [stranger(rng) for _ in range(round(others * len(who)))]
    true = np.concatenate([who[listed], np.full(len(voters) - len(listed), -1)]).astype(np.int64)
    order = sorted(range(len(voters)), key=lambda i: (voters[i]["last_name"], voters[i]["first_name"], i))
    return Register({name: np.array([voters[i][name] for i in order], object) for name in SHOWN}, true[order])


def stranger(rng: np.random.Generator) -> dict[str, str]:
    """Invent a person of 18 to 98 years who is no patient."""
    male = int(rng.integers(0, 2))
    a, b, c, d = rng.integers(0, 1_000_000, 4).tolist()
    first, last = name_of(a, b, male)
    born = FIRST_DAY - int(rng.integers(18 * 366, 98 * 365))
    shares = np.array([share for *_, share in TOWNS])
    home = address(int(rng.choice(len(TOWNS), p=shares)), c, d)
    return {"first_name": first, "last_name": last, "sex": "FM"[male], "birth_date": str(born), **home}
