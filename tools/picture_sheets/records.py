"""The sheets of records."""

import numpy as np

from edunet.canvas import LOOKS, blank_figure
from edunet.datasets import followup as follow
from edunet.datasets import hospitals as four


def followup():
    """Show survival by stage: what Kaplan and Meier estimate from y, and the true curves behind it."""
    patients = follow.load(4000, seed=0)
    years = np.linspace(0, 10, 200)
    stage = patients.x[:, patients.columns.index("stage")]
    figure = blank_figure(7.5, 5, synthetic=True)
    axes = figure.subplots()
    for k, look in enumerate(LOOKS):
        here = stage == k + 1
        time, alive = kaplan_meier(*patients.y[here].astype(float).T)
        true = follow.true_survival(patients.truth["log_hazard"][here][:, None], years).mean(0)
        axes.step(time, alive, where="post", color=look["color"], linewidth=1, alpha=0.8)
        label = f"stage {k + 1}, {here.sum()} patients"
        axes.plot(years, true, color=look["color"], linestyle=look["linestyle"], linewidth=2.2, label=label)
    axes.set(xlabel="years since the tumour was found", ylabel="share alive", xlim=(0, 10), ylim=(0, 1))
    censored = 1 - patients.y[:, 1].mean()
    axes.set_title(
        f"thick: true survival; steps: Kaplan-Meier estimate, though {censored:.0%} are censored", fontsize=10
    )
    axes.legend(frameon=False, loc="lower left")
    return figure


def kaplan_meier(time, event):
    """Give the steps of the estimate: the times, and the share alive from each on."""
    order = np.argsort(time)
    alive = np.cumprod(1 - event[order] / np.arange(len(time), 0, -1))
    return np.concatenate([[0], time[order]]), np.concatenate([[1], alive])


def hospitals():
    """Show what four hospitals report for each column, how much of it is missing, and how many came to harm."""
    patients = four.load(8000, seed=0)
    names = [f"{k} {hospital.name}" for k, hospital in enumerate(four.HOSPITALS)]
    shown = ("age", "potassium", "creatinine", "crp", "sbp")
    figure = blank_figure(9.5, 6, synthetic=True)
    axes = figure.subplots(2, 3, sharey=True)
    for name, panel in zip(shown, axes.flat, strict=False):
        values = [patients.x[patients.site == k, patients.columns.index(name)] for k in range(4)]
        boxes = panel.boxplot(
            [part[~np.isnan(part)] for part in values], orientation="horizontal", whis=(2.5, 97.5), showfliers=False,
            patch_artist=True, widths=0.6,
        )  # fmt: skip
        for box, look in zip(boxes["boxes"], LOOKS, strict=True):
            box.set(facecolor=look["color"], alpha=0.6)
        for line in boxes["medians"]:
            line.set_color("black")
        if name in ("creatinine", "crp"):
            panel.set_xscale("log")
        panel.set_xlabel(
            "creatinine (mg/dl; coast: µmol/l)" if name == "creatinine" else f"{name} ({four.UNITS[name]})"
        )
        panel.set_yticks(range(1, 5), names)
    last = axes.flat[-1]
    rate = [100 * patients.y[patients.site == k].mean() for k in range(4)]
    last.barh(range(1, 5), rate, color=[look["color"] for look in LOOKS], alpha=0.6, height=0.6)
    last.set_xlabel("came to harm (%)")
    axes[0, 0].invert_yaxis()
    missing = ", ".join(f"{hospital.name} {100 * hospital.share:.0f} %" for hospital in four.HOSPITALS)
    figure.suptitle(f"Box: middle half. Whiskers: middle 95 %. Blood tests missing: {missing}.", fontsize=10)
    return figure


SHEETS = {"followup": followup, "hospitals": hospitals}
