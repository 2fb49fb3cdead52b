"""The sheet of hearts."""

import numpy as np

from edunet.canvas import LOOKS, blank_figure
from edunet.datasets import heartbeats as hearts

NOISES = (0.10, 0.15, 0.20)  # mV
NAMES = {  # what to look at: words, s since R, mV
    "normal": [("P", -0.20, 0.4), ("QRS", 0, 1.45), ("T", 0.28, 0.65)],
    "ST elevation": [("ST raised", 0.22, 0.8)],
    "atrial beat": [("P turned\nover", -0.20, -0.95)],
    "ventricular beat": [("no P", -0.28, 0.4), ("wide QRS", 0, 1.45), ("T turned\nover", 0.34, -1.15)],
}


def heartbeats():
    """Show the four kinds of beat in three noises, the clean beat over them, and ten seconds of the long signal."""
    loaded = [hearts.load(1000, seed=0, noise=noise) for noise in NOISES]
    truth = loaded[0].truth
    figure = blank_figure(9, 8.6, synthetic=True)
    grid = figure.add_gridspec(4, 4, height_ratios=(1, 1, 1, 1.1))
    seconds = (np.arange(hearts.SAMPLES) - hearts.R_AT) / hearts.RATE
    normal = truth["clean"][np.flatnonzero((loaded[0].y == 0) & (truth["shift"] == 0))[0]]
    for kind, name in enumerate(hearts.CLASS_NAMES):
        i = np.flatnonzero((loaded[0].y == kind) & (truth["shift"] == 0))[0]
        for row, (beats, noise) in enumerate(zip(loaded, NOISES, strict=True)):
            axes = figure.add_subplot(grid[row, kind])
            axes.plot(seconds, beats.x[i, :, 0], color="0.6", linewidth=0.9, label="with noise")
            axes.plot(seconds, truth["clean"][i], color="black", linewidth=1.2, label="without")
            if name != "normal":
                axes.plot(seconds, normal, color=LOOKS[1]["color"], linewidth=1.2, linestyle="--", label="normal beat")
            axes.set(ylim=(-1.3, 1.9), xlim=(-0.42, 0.62), yticks=(-1, 0, 1), xticks=(-0.4, 0, 0.4))
            axes.tick_params(labelbottom=row == 2, labelleft=kind == 0)
            if kind == 0:
                axes.set_ylabel(f"noise sd {noise:.2f} mV\npotential (mV)")
            if row == 2:
                axes.set_xlabel("time since R (s)")
            if row == 0:
                axes.set_title(name)
                for words, second, height in NAMES[name]:
                    axes.text(second, height, words, ha="center", fontsize=8)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False)
    draw_strip(figure.add_subplot(grid[3, :]))
    return figure


def draw_strip(axes):
    """Draw ten seconds of the signal, its R waves marked."""
    ecg = hearts.signal(10, heart_rate=70, heart_rate_sd=3, noise=0.02)
    axes.plot(ecg.t, ecg.mv, color="black", linewidth=0.8)
    axes.plot(ecg.t[ecg.r_peaks], ecg.mv[ecg.r_peaks] + 0.15, "v", color=LOOKS[1]["color"], markersize=6)
    axes.set(xlim=(0, 10), ylim=(-0.8, 1.8), xlabel="time (s)", ylabel="potential (mV)")
    axes.set_title(f"the long signal: {len(ecg.r_peaks)} R waves (triangles), the baseline moves with each breath")


def heartbeats_rhythm():
    """Show a record for each answer: the intervals, which beats were extra, and what the best reader makes of it."""
    records = hearts.load_rhythm(200, seed=0)
    beat, kinds = records.truth["beat"], records.class_names
    told = ((beat > 0).sum(1) >= 3) & (beat[:, -1] == 0)  # of a last beat nobody can tell the kind
    shown = [np.flatnonzero((records.y == k) & (told | (k == 0)))[0] for k in range(3)]
    figure = blank_figure(9, 7.5, synthetic=True)
    number = np.arange(1, 41)
    panels = figure.subplots(3, 1, sharex=True, sharey=True)
    for axes, i in zip(panels, shown, strict=True):
        interval = records.x[i, :, 0]
        axes.plot(number, interval, color="0.5", marker=".", linewidth=0.9, label="interval, seen")
        axes.axhline(records.truth["mean_interval"][i], color="0.5", linestyle=":", label="patient's mean, unseen")
        for code, name, look in ((1, "atrial beat", LOOKS[1]), (2, "ventricular beat", LOOKS[2])):
            here = beat[i] == code
            axes.plot(number[here], interval[here], color=look["color"], marker="^s"[code - 1], linestyle="",
                      markersize=8, label=f"{name}, unseen")  # fmt: skip
        chance = ", ".join(f"{name} {p:.3f}" for name, p in zip(kinds, records.truth["probability"][i], strict=True))
        axes.set_title(f"y: {kinds[records.y[i]]}.   Best possible answer: {chance}", fontsize=9)
        axes.set_ylabel("interval before\nthe beat (s)")
    panels[-1].set(xlabel="beat; a ventricular one is followed by a pause, an atrial one is not", xlim=(0, 41))
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False)
    return figure


SHEETS = {"heartbeats": heartbeats, "heartbeats_rhythm": heartbeats_rhythm}
