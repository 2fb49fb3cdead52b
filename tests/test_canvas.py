"""What all pictures share: what a grey printer shows of them."""

import numpy as np
import pytest
from matplotlib import colormaps

from edunet.canvas import LOOKS, blank_figure, draw_image, shades


def test_looks_differ_without_their_colours():
    assert len({look["linestyle"] for look in LOOKS}) == len({look["marker"] for look in LOOKS}) == len(LOOKS)


def test_shades_get_lighter_with_the_value_on_a_grey_printer():
    for values in ([-1.0, 0.5], [0.0, 2.0]):
        colours = colormaps[shades(values)["cmap"]](np.linspace(0, 1, 64))[:, :3]
        assert (np.diff(colours @ [0.299, 0.587, 0.114]) > 0).all()


@pytest.mark.parametrize(
    ("values", "limits"), [([-1.0, 3.0], (-3, 3)), ([0.0, 2.0], (0, 2)), ([0.0, 0.0], (0, 1)), ([-2.0, -1.0], (-2, 2))]
)
def test_negative_values_put_zero_in_the_middle(values, limits):
    scale = shades(values)
    assert (scale["vmin"], scale["vmax"]) == limits


def test_values_that_got_lost():
    with pytest.raises(ValueError, match="2 of 3 values are NaN or infinite"):
        shades([np.nan, 1.0, np.inf])


def test_a_figure_belongs_to_no_window_and_draws_itself_in_a_notebook():
    figure = blank_figure(2, 1, synthetic=False)
    assert figure.canvas.manager is None
    assert figure._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize(("dtype", "top"), [(np.uint8, 255), (np.float32, 1)])
def test_colour_images_are_drawn_from_0_to_1(dtype, top):
    axes = blank_figure(1, 1, synthetic=False).subplots()
    draw_image(axes, np.full((2, 2, 3), top, dtype))
    assert float(axes.images[0].get_array().max()) == 1.0
