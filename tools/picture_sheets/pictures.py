"""The sheets of pictures."""

import numpy as np

from edunet.canvas import LOOKS, blank_figure
from edunet.datasets import lesions, phantoms


def phantoms_ct():
    """Show three heads: the truth, and what the scanner makes of them at three doses, nodules outlined."""
    doses = (1e5, 1e3, 1e2)
    scans = [phantoms.load(30, kind="ct", dose=dose) for dose in doses]
    count, clean = scans[0].truth["count"], scans[0].truth["clean"]
    heads = [np.flatnonzero(count == k)[0] for k in (1, 2, 3)]
    figure = blank_figure(9, 6.8, synthetic=True)
    axes = figure.subplots(3, 4)
    for row, i in zip(axes, heads, strict=True):
        pictures = [clean[i], *(scan.x[i, ..., 0] for scan in scans)]
        for spot, picture in zip(row, pictures, strict=True):
            image = plain(spot, picture, cmap="gray", vmin=0, vmax=0.6)
            spot.contour(scans[0].y[i, ..., 0], [0.5], colors=LOOKS[1]["color"], linewidths=1)
    brain = (clean > 0.1) & (clean < 0.5)
    axes[0, 0].set_title("truth\n(nodules outlined)", fontsize=9)
    for spot, dose, scan in zip(axes[0, 1:], doses, scans, strict=True):
        error = np.sqrt(np.mean((scan.x[..., 0] - clean)[brain] ** 2))
        spot.set_title(f"{dose:,.0f} photons per ray\nRMSE within the skull {error:.3f}", fontsize=9)
    figure.colorbar(image, ax=axes, label="attenuation (1/cm); water 0.2", shrink=0.6)
    return figure


def phantoms_histology():
    """Show a benign and a malignant field as three laboratories stain it, and its nuclei."""
    fields = phantoms.load(1000, kind="histology", laboratories=8)
    shown = most_different(3)
    figure = blank_figure(9, 5.2, synthetic=True)
    for label, row in enumerate(figure.subplots(2, 4)):
        i = np.flatnonzero((fields.y == label) & (fields.site == 0))[0]
        h, e = phantoms.unmix(fields.x[i] / 245)  # as laboratory 0 stained it; the others get the same amounts
        for spot, laboratory in zip(row, shown, strict=False):
            plain(spot, np.clip(phantoms.stain(h, e, laboratory), 0, 1))
            spot.set_title(f"{fields.class_names[label]}, laboratory {laboratory}", fontsize=9)
        plain(row[3], fields.truth["mask"][i], cmap="gray_r")
        row[3].set_title(f"its {fields.truth['count'][i]} nuclei", fontsize=9)
    figure.suptitle("each row: one and the same field, as three of the eight laboratories stain it\n", fontsize=10)
    return figure


def most_different(count):
    """Give laboratory 0, then the ones whose colours of a nucleus and of the tissue lie farthest from those before."""
    colours = np.array([phantoms.stain(np.array([0.9, 0.04]), np.array([0.2, 0.4]), k).ravel() for k in range(8)])
    chosen = [0]
    while len(chosen) < count:
        apart = np.linalg.norm(colours[:, None] - colours[chosen], axis=-1)
        chosen.append(int(apart.min(1).argmax()))
    return chosen


def phantoms_cells():
    """Show glowing cells with their outlines and their number."""
    pictures = phantoms.load(8, kind="cells")
    figure = blank_figure(9, 5, synthetic=True)
    for i, spot in enumerate(figure.subplots(2, 4).flat):
        plain(spot, pictures.x[i, ..., 0], cmap="gray", vmin=0, vmax=1.1)
        spot.contour(pictures.y[i, ..., 0], [0.5], colors=LOOKS[1]["color"], linewidths=1)
        spot.set_title(f"cells: {pictures.truth['count'][i]}", fontsize=9)
    return figure


LESIONS = {  # the first three strong enough for the eye
    "white noise, amplitude 3": {"amplitude": 3},
    "power-law noise, amplitude 4": {"amplitude": 4, "texture": "power_law"},
    "white noise, amplitude 3, with marker (upper left corner)": {"amplitude": 3, "confound": "marker"},
    "white noise, amplitude 1.2, the default: too faint for most eyes": {},
}


def lesions_sheet():
    """Show the same three places in the noises there are, one without a lesion and two with, and the last's mask."""
    default = lesions.load(50)
    risk = default.truth["risk"]
    shown = [np.flatnonzero(which)[0] for which in
             (default.y == 0, (default.y == 1) & (risk < 0.2), (default.y == 1) & (risk > 0.9))]  # fmt: skip
    figure = blank_figure(9.5, 10, synthetic=True)
    rows = figure.subfigures(len(LESIONS), 1)
    for row, (name, options) in zip(rows, LESIONS.items(), strict=True):
        pictures = lesions.load(4000, **options)
        best = lesions.oracle_score(pictures.truth).score
        row.suptitle(f"{name}. Best possible AUC {best:.4f}", fontsize=10, fontweight="bold")
        axes = row.subplots(1, 4)
        for spot, i in zip(axes, shown, strict=False):
            plain(spot, pictures.x[i, ..., 0], cmap="gray", vmin=-3, vmax=5)
            said = f"risk {pictures.truth['risk'][i]:.4f}"
            spot.set_title(f"class {pictures.y[i]}, {pictures.class_names[pictures.y[i]]}\n{said}", fontsize=9)
        axes[3].imshow(pictures.truth["mask"][shown[2]], cmap="gray_r", interpolation="nearest")
        axes[3].set(xticks=(), yticks=())
        axes[3].set_title("truth: mask of\nthe lesion beside", fontsize=9)
    return figure


def plain(axes, picture, **options):
    """Show a picture without ticks."""
    axes.set_axis_off()
    return axes.imshow(picture, interpolation="nearest", **options)


SHEETS = {
    "lesions": lesions_sheet,
    "phantoms_ct": phantoms_ct,
    "phantoms_histology": phantoms_histology,
    "phantoms_cells": phantoms_cells,
}
