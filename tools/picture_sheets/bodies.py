"""The sheets of bodies."""

import numpy as np
from matplotlib.figure import Figure

from edunet.datasets import doses
from edunet.datasets import epidemic as epidemics
from edunet.datasets import glucose as sugars

BLACK, ORANGE, BLUE, GREEN = "black", "#E69F00", "#0072B2", "#009E73"  # of Okabe and Ito


def sheet(title: str, **sharing) -> tuple[Figure, np.ndarray]:
    """Give a figure of 2x3 axes that says what it is."""
    figure = Figure(figsize=(11, 6), layout="constrained")
    figure.suptitle(f"{title}   SYNTHETIC")
    return figure, figure.subplots(2, 3, **sharing).ravel()


def label(figure: Figure, axes: np.ndarray, x: str, y: str) -> Figure:
    """Name the quantities once for each row and column, and the lines once, below."""
    for a in axes[3:]:
        a.set_xlabel(x)
    for a in axes[::3]:
        a.set_ylabel(y)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=9)
    return figure


def glucose() -> Figure:
    """Three healthy and three with type 2: sensor, meals, the glucose behind, the value asked for."""
    patients = sugars.load(40)
    type_2 = patients.truth["type_2"]
    figure, axes = sheet("edunet.datasets.glucose: the sensor's next half hour", sharex=True, sharey=True)
    hours = np.arange(sugars.SAMPLES) * sugars.EVERY / 60
    for a, i in zip(axes, [*np.flatnonzero(type_2 == 0)[:3], *np.flatnonzero(type_2 == 1)[:3]], strict=True):
        a.plot(hours, patients.truth["G"][i], color=BLUE, label="glucose G, true")
        a.plot(hours[:72], patients.x[i, :, 0], ".", color=BLACK, markersize=3, label="sensor, seen")
        a.plot(hours[-1], patients.y[i], "D", color=ORANGE, markeredgecolor=BLACK, label="y, asked for")
        for k in np.flatnonzero(patients.x[i, :, 1]):
            a.axvline(hours[k], color=GREEN, linestyle="--", label="meal" if not a.lines[3:] else None)
            a.text(hours[k] + 0.06, 322, f"{patients.x[i, k, 1]:.0f} g", color=GREEN, fontsize=8)
        a.set_title(f"{patients.patient_id[i]}, {'type 2' if type_2[i] else 'normal'}", fontsize=10)
        a.set_ylim(50, 340)
    return label(figure, axes, "hours", "glucose, mg/dl")


def epidemic() -> Figure:
    """Six towns: the cases seen, those to come, and what the true parameters expect."""
    towns = epidemics.load(6)
    figure, axes = sheet("edunet.datasets.epidemic: the next fortnight", sharex=True)
    day = np.arange(epidemics.DAYS)
    for i, a in enumerate(axes):
        expected, sd = towns.truth["expected"][i], towns.truth["sd"][i]
        a.bar(day[:28], towns.x[i, :, 0], color=BLACK, label="cases, seen")
        a.plot(day[28:], towns.y[i], "D", color=ORANGE, markeredgecolor=BLACK, markersize=5, label="y, asked for")
        a.plot(day[28:], expected, color=BLUE, label="expected")
        a.fill_between(day[28:], expected - sd, expected + sd, color=BLUE, alpha=0.25, label="± sd")
        first = towns.truth["R_t"][i, [0, 28]]
        a.set_title(f"{towns.patient_id[i]}, R$_t$ {first[0]:.1f} on day 0, {first[1]:.1f} on day 28", fontsize=10)
        a.set_ylim(bottom=0)
    return label(figure, axes, "day", "cases a day")


def doses_curve() -> Figure:
    """Six tablets: the true curve, three samples, the value asked for and the best answer."""
    patients = doses.curve(6)
    figure, axes = sheet("edunet.datasets.doses.curve: measured 12 h after the third sample", sharex=True, sharey=True)
    hours = np.linspace(0, 25, 301)
    for i, a in enumerate(axes):
        truth = {name: patients.truth[name][i] for name in ("ka", "CL", "V")}
        a.plot(hours, doses.concentration(hours, patients.x[i, 0], **truth), color=BLUE, label="C, true")
        a.plot(patients.x[i, 1::2], patients.x[i, 2::2], "o", color=BLACK, label="samples, seen")
        later = patients.x[i, 5] + 12
        a.plot(later, patients.y[i], "D", color=ORANGE, markeredgecolor=BLACK,
               label="y, asked for: measured with error, so it may be below 0")  # fmt: skip
        spread = patients.truth["sd"][i]
        a.errorbar(later + 0.6, patients.truth["expected"][i], spread, fmt="_", color=GREEN, capsize=3,
                   label="best answer ± sd")  # fmt: skip
        a.axhline(0, color="0.7", linewidth=0.8, zorder=0)
        a.set_title(f"{patients.patient_id[i]}, {patients.x[i, 0]:.1f} mg/kg", fontsize=10)
    return label(figure, axes, "hours after the dose", "concentration, mg/l")


SHEETS = {"glucose": glucose, "epidemic": epidemic, "doses_curve": doses_curve}
