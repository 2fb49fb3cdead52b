"""What all pictures share: a figure without a window, looks that survive a grey printer, numbers as shades."""

import functools
import io

import numpy as np

__all__ = ["LOOKS", "blank_figure", "draw_image", "shades"]

# Okabe & Ito's colours survive colour blindness; the line styles and markers survive a grey printer
LOOKS = [
    {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    {"color": "#D55E00", "linestyle": "--", "marker": "s"},
    {"color": "#009E73", "linestyle": ":", "marker": "^"},
    {"color": "#CC79A7", "linestyle": "-.", "marker": "D"},
]


def blank_figure(width, height, synthetic):
    """Return an empty figure that belongs to no window, marked if it is about generated data; inches."""
    figure = _kind()(figsize=(width, height), layout="constrained")
    if synthetic:
        figure.supxlabel("SYNTHETIC data", x=0.99, ha="right", fontsize=9, color="0.35")
    return figure


@functools.cache
def _kind():
    """Return matplotlib's Figure, and teach it to appear in a notebook where pyplot was never imported."""
    from matplotlib.figure import Figure

    class Picture(Figure):
        def _repr_png_(self):
            file = io.BytesIO()
            self.savefig(file, format="png", dpi=100)
            return file.getvalue()

    return Picture


def shades(values):
    """Return the colour map and limits for an array: black is 0, or, with negative numbers, the middle is 0.

    Cividis goes from dark blue to light yellow: on a grey printer negative stays darker than zero, positive lighter.
    """
    values = np.asarray(values)
    lost = int((~np.isfinite(values)).sum())
    if lost:
        raise ValueError(f"{lost} of {values.size} values are NaN or infinite. Did the training lose its way?")
    top = float(np.abs(values).max(initial=0)) or 1.0
    if values.min(initial=0) < 0:
        return {"cmap": "cividis", "vmin": -top, "vmax": top}
    return {"cmap": "gray", "vmin": 0.0, "vmax": top}


def draw_image(axes, image):
    """Draw one image (H,W,C): in colour if it has 3 channels, else its first channel in grey, as dark as it is."""
    if image.shape[-1] == 3 and image.min() >= 0:
        top = 255 if image.dtype == np.uint8 else max(float(image.max()), 1e-12)
        axes.imshow(image / top)
    else:
        axes.imshow(image[..., 0], **shades(image[..., 0]) | {"cmap": "gray"})
