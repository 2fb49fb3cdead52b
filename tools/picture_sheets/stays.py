"""The sheets of stays."""

import numpy as np

from edunet.canvas import LOOKS, blank_figure
from edunet.datasets import icu_course as icu
from edunet.datasets import sepsis_course as sepsis

TITLES = {"heart_rate": "heart rate", "map": "mean pressure", "lactate": "lactate", "creatinine": "creatinine"}


def sepsis_course():
    """Show one patient who falls ill and one who does not: three measurements, the state behind them, the risk."""
    patients = sepsis.load(100, seed=0)
    onset = patients.truth["onset"]
    ill = np.flatnonzero(onset > 25)[0]
    well = np.flatnonzero((onset < 0) & ((patients.truth["state"][:, 10:40] == 1).sum(1) > 6))[0]
    figure = blank_figure(9, 7.5, synthetic=True)
    axes = figure.subplots(4, 2, sharex=True, sharey="row")
    for column, i in enumerate((ill, well)):
        for row, name in enumerate(("heart_rate", "map", "lactate")):
            draw_measurements(axes[row, column], np.arange(48), patients.x[i, :, patients.columns.index(name)], row)
            axes[row, 0].set_ylabel(f"{TITLES[name]}\n({patients.units[name]})")
        axes[3, column].plot(patients.truth["risk"][i], color="black", linewidth=1.5)
        axes[3, column].set_xlabel("hour")
        for row in range(4):
            shade_states(axes[row, column], patients.truth["state"][i])
    axes[3, 0].set_ylabel("risk: septic\nin 6 h")
    axes[2, 0].set_ylim(0, None)
    axes[3, 0].set_ylim(0, None)
    axes[0, 0].set_title(f"septic from hour {onset[ill]}")
    axes[0, 1].set_title("not septic within 48 h")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=2, frameon=False)
    return figure


def icu_course():
    """Show two stays: what was measured, when, and the severity behind it with the risk by the hour."""
    stays = icu.load(200, seed=0)
    length, severity = stays.truth["length"], stays.truth["severity"]
    died = np.flatnonzero((stays.y == 1) & (length > 40))[0]
    short = np.flatnonzero((stays.y == 0) & (length > 20) & (length < 30))[0]
    listed = icu.events(stays)
    figure = blank_figure(9, 8.5, synthetic=True)
    axes = figure.subplots(5, 2, sharex=True, sharey="row")
    for column, i in enumerate((died, short)):
        for row, name in enumerate(("heart_rate", "map", "creatinine")):
            mine = (listed.patient == i) & (listed.variable == stays.columns.index(name))
            draw_measurements(axes[row, column], listed.hour[mine], listed.value[mine], row)
            axes[row, 0].set_ylabel(f"{TITLES[name]}\n({stays.units[name]})")
        axes[3, column].plot(np.arange(48) + 0.5, severity[i], color="black", linestyle="--")
        axes[4, column].plot(np.arange(48) + 1, stays.truth["risk_by_hour"][i], color="black")
        axes[4, column].plot(length[i], stays.truth["risk"][i], "s", color="#D55E00", markersize=7, label="at the end")
        axes[0, column].set_title(f"{length[i]} hours, {stays.class_names[stays.y[i]]}")
        axes[4, column].set_xlabel("hour since admission")
        middle = (length[i] + 48) / 2, 0.5
        at = axes[0, column].get_xaxis_transform()
        axes[0, column].text(*middle, "record ended", transform=at, rotation=90, ha="center", va="center")
        for row in range(5):
            axes[row, column].axvspan(length[i], 48, color="0.9", linewidth=0)
            axes[row, column].set_xlim(0, 48)
    axes[2, 0].set_ylim(0, None)
    axes[3, 0].set_ylabel("severity\n(unseen)")
    axes[4, 0].set_ylabel("risk of death\nby hour")
    axes[4, 0].set_ylim(0, 1)
    axes[4, 0].legend(loc="upper left", frameon=False)
    return figure


def draw_measurements(axes, hour, value, k):
    """Draw measurements as markers of the k-th look, without lines: between them nothing is known."""
    axes.plot(hour, value, color=LOOKS[k]["color"], marker=LOOKS[k]["marker"], linestyle="", markersize=4)


def shade_states(axes, state):
    """Shade the hours of a patient that are pre-septic, and darker those that are septic."""
    for k, grey in ((1, "0.88"), (2, "0.68")):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], state == k, [0]])))
        for i, (start, end) in enumerate(edges.reshape(-1, 2)):
            label = sepsis.STATES[k] if not i else None
            axes.axvspan(start - 0.5, end - 0.5, color=grey, linewidth=0, label=label)


SHEETS = {"sepsis_course": sepsis_course, "icu_course": icu_course}
