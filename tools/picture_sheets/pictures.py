"""The sheets of pictures."""

import numpy as np

from edunet.canvas import LOOKS, blank_figure
from edunet.datasets import phantoms


def phantoms_ct():
    """Show three heads: the truth, and what the scanner makes of them at three doses, nodules outlined."""
    doses = (1e6, 1e5, 1e4)
    scans = [phantoms.load(30, kind="ct", dose=dose) for dose in doses]
    count = scans[0].truth["count"]
    heads = [np.flatnonzero(count == k)[0] for k in (1, 2, 3)]
    figure = blank_figure(9, 7.2, synthetic=True)
    axes = figure.subplots(3, 4)
    for row, i in zip(axes, heads, strict=True):
        pictures = [scans[0].truth["clean"][i], *(scan.x[i, ..., 0] for scan in scans)]
        for spot, picture in zip(row, pictures, strict=True):
            image = plain(spot, picture, cmap="gray", vmin=0, vmax=0.6)
            spot.contour(scans[0].y[i, ..., 0], [0.5], colors=LOOKS[1]["color"], linewidths=1)
    for spot, title in zip(axes[0], ("truth", *(f"{dose:,.0f} photons per ray" for dose in doses)), strict=True):
        spot.set_title(title, fontsize=9)
    figure.colorbar(image, ax=axes, label="attenuation (1/cm); water 0.2", shrink=0.6)
    return figure


def phantoms_histology():
    """Show benign and malignant fields as three laboratories stain them, and the nuclei of the first."""
    fields = phantoms.load(200, kind="histology", laboratories=3)
    figure = blank_figure(9, 5.2, synthetic=True)
    axes = figure.subplots(2, 4)
    for label, row in enumerate(axes):
        mine = [np.flatnonzero((fields.y == label) & (fields.site == site))[0] for site in range(3)]
        for site, (spot, i) in enumerate(zip(row, mine, strict=False)):
            plain(spot, fields.x[i])
            spot.set_title(f"{fields.class_names[label]}, laboratory {site}", fontsize=9)
        plain(row[3], fields.truth["mask"][mine[0]], cmap="gray_r")
        row[3].set_title(f"its {fields.truth['count'][mine[0]]} nuclei (laboratory 0)", fontsize=9)
    return figure


def phantoms_cells():
    """Show glowing cells with their outlines and their number."""
    pictures = phantoms.load(8, kind="cells")
    figure = blank_figure(9, 5, synthetic=True)
    for i, spot in enumerate(figure.subplots(2, 4).flat):
        plain(spot, pictures.x[i, ..., 0], cmap="gray", vmin=0, vmax=1.1)
        spot.contour(pictures.y[i, ..., 0], [0.5], colors=LOOKS[1]["color"], linewidths=1)
        spot.set_title(f"cells: {pictures.truth['count'][i]}", fontsize=9)
    return figure


def plain(axes, picture, **options):
    """Show a picture without ticks."""
    axes.set_axis_off()
    return axes.imshow(picture, interpolation="nearest", **options)


SHEETS = {
    "phantoms_ct": phantoms_ct,
    "phantoms_histology": phantoms_histology,
    "phantoms_cells": phantoms_cells,
}
