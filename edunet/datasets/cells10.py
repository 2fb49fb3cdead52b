"""Ten kinds of blood cell under the microscope, in MNIST's form: SYNTHETIC pictures drawn from geometry.

No patient and no slide stands behind a picture: every one is computed from the numbers kept in `Cells.truth`.

    label  class         what it looks like
    0      neutrophil    nucleus of 3-5 lobes joined by threads, pale cytoplasm
    1      eosinophil    nucleus of 2 plump lobes, coarse even granules around it
    2      basophil      large, very dark, uneven granules that hide the nucleus
    3      lymphocyte    large round nucleus, thin rim of cytoplasm
    4      monocyte      the largest: kidney-shaped nucleus, much grey cytoplasm, small vacuoles
    5      platelets     a clump of 4-9 small discs, each with a dark middle
    6      red cell      biconcave disc, pale in the middle third, no nucleus
    7      sickle cell   dense crescent with pointed ends, no pallor
    8      target cell   dark rim, pale ring, dark spot in the middle
    9      malaria ring  red cell with one or two signet rings, each with a dark dot (young P. falciparum)

Equations, for a pixel at (x, y) micrometres from the middle of the picture:

    (u, v) = R(θ)·((x, y) - centre)         the cell's own frame, turned by θ
    coverage = S(d(u,v)/w)                  d signed distance to an outline, S smooth step, w focus
    A = stain·Σ aₖ·coverageₖ                absorbance of cytoplasm, nucleus, granules, haemoglobin ...
    light = background·(1 + tilt·ramp)      uneven lamp
    grey = light·10^(-A) + noise            Beer-Lambert law; rounded and clipped to 0..255

Red cells have the thickness measured by Evans & Fung (1972): T(ρ) ∝ √(1-ρ²)·(0.81 + 7.83ρ² - 4.39ρ⁴).

Parameters of every picture (`Cells.truth`, arrays of length n; `UNITS` names the units):

    name           unit         range        meaning
    row, col       px           10.3 .. 16.7 centre of the cell; 13.5 is the middle of the picture
    radius         µm           2.5 .. 8.1   of the cell; half-length of a sickle, reach of a clump; 1 px = 0.6 µm
    rotation       rad          0 .. 2π      θ
    stretch        1            -0.08..0.12  long half-axis / mean radius - 1
    stain          1            0.9 .. 1.1   strength of the stain
    background     grey level   230 .. 245   the empty slide
    tilt           1            0 .. 0.04    change of the light from the middle to the border
    focus          µm           0.35 .. 0.65 w, half-width of a blurred edge
    noise_sd       grey level   2 .. 4       white noise
    nucleus_share  1            0 .. 0.8     visible area of the nucleus / of the cell; 0 without nucleus
    pallor         1            0 .. 1       how much thinner the pale part of a red cell is; else 0
    lobes, granules, platelets, parasites    how many were drawn; 0 where the class has none
    neighbours     count        0 .. 2       red cells beyond the cell, mostly outside the picture; not in the mask

What is unrealistic: grey in place of colour; one light that suits stain and haemoglobin alike; classes equally frequent
(in blood, 1 cell in 1000 is white and a basophil is rare); sickle, target and parasite would not lie on one healthy
slide; outlines are too regular; no cell is immature, broken, folded or touching another; no dirt, no stain deposit;
white noise. A score on these pictures says nothing about real slides.

Measured with the default 7,000 pictures: softmax regression on raw pixels is right in 74 to 79 % of the test pictures,
a small convolutional network (32-64-64 filters) in 98 to 99 % after five epochs.

Sources: E. Evans, Y.-C. Fung, Improved measurements of the erythrocyte geometry, Microvascular Research 4 (1972)
335-347. B. J. Bain, Blood Cells: A Practical Guide, for sizes and signs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from edunet.datasets.cells10_drawing import DRAW, HAEMOGLOBIN, red_cell_profile
from edunet.datasets.cells10_shapes import PIXEL_UM, SIDE, Pose, between, smooth_step
from edunet.datasets.cohort import check_room, whole_number

__all__ = ["CLASS_NAMES", "UNITS", "Cells", "load", "load_data"]

CLASS_NAMES = tuple(DRAW)
UNITS = {
    "row": "px", "col": "px", "radius": "µm", "rotation": "rad", "stretch": "1", "stain": "1",
    "background": "grey level", "tilt": "1", "focus": "µm", "noise_sd": "grey level", "nucleus_share": "1",
    "pallor": "1", "lobes": "count", "granules": "count", "platelets": "count", "parasites": "count",
    "neighbours": "count",
}  # fmt: skip

BLOCK = 500  # pictures drawn together: their arrays fit into the cache of the processor
SHIFT_UM = 3.2 * PIXEL_UM  # the centre lies at most this far from the middle, in x and in y
NOTE = "SYNTHETIC: drawn from geometry by edunet.datasets.cells10; no patient, no slide. Not for diagnosis."


@dataclass(frozen=True, eq=False)
class Cells:
    """n synthetic pictures of cells with their truth.

    Each picture stands for itself, as in MNIST: there are no patients and no sites to split by.
    """

    x: np.ndarray = field(repr=False)  # (n,28,28,1) uint8, 0 black .. 255 white
    y: np.ndarray = field(repr=False)  # (n,) uint8, index into class_names
    mask: np.ndarray = field(repr=False)  # (n,28,28) bool, True on the cell
    truth: dict[str, np.ndarray] = field(repr=False)  # name -> (n,), the numbers each picture was drawn from
    class_names: tuple[str, ...] = CLASS_NAMES
    units: dict[str, str] = field(default_factory=lambda: dict(UNITS), repr=False)  # name in truth -> unit
    pixel_um: float = PIXEL_UM  # µm per pixel
    synthetic: bool = True
    note: str = NOTE

    def __len__(self) -> int:
        """Give the number of pictures."""
        return len(self.y)


def load(n: int = 7000, seed: int = 0) -> Cells:
    """Draw n SYNTHETIC pictures of blood cells, 28x28 grey, ten classes in equal number.

    Every ten consecutive pictures hold each class once, in random order, so any stretch of the set is balanced.
    The same seed gives the same pictures, and a larger n only adds pictures at the end.

    Arguments: n, number of pictures, at least 1; seed, a whole number from 0 up.
    Returns: `Cells` with x (n,28,28,1) uint8, y (n,) uint8, mask (n,28,28) bool, truth (see the top of this module).
    Raises: TypeError or ValueError if n or seed is not such a number.
    Source: see the top of this module.

    >>> cells = load(20, seed=1)
    >>> cells.x.shape, cells.x.dtype.name, cells.synthetic
    ((20, 28, 28, 1), 'uint8', True)
    >>> sorted(cells.y[:10].tolist())
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    >>> cells.class_names[3]
    'lymphocyte'
    """
    n, seed = whole_number("n", n, 1), whole_number("seed", seed, 0)
    rng = np.random.Generator(np.random.PCG64(seed))
    check_room(n, 2 * SIDE**2 + 4 * len(UNITS), "load")  # picture, mask and truth
    blocks = [draw_block(rng) for _ in range(-(-n // BLOCK))]
    x, y, mask = (np.concatenate([block[i] for block in blocks])[:n] for i in range(3))
    truth = {name: np.concatenate([block[3][name] for block in blocks])[:n] for name in UNITS}
    return Cells(x[..., None], y, mask, truth)


def load_data(n: int = 7000, seed: int = 0) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Draw the same SYNTHETIC pictures as `load` and split them as Keras splits MNIST: 6/7 to train, 1/7 to test.

    Arguments: n, number of pictures, at least 2; seed, a whole number from 0 up.
    Returns: (x_train, y_train), (x_test, y_test); x (..,28,28,1) uint8, y (..,) uint8.
    Raises: TypeError or ValueError if n or seed is not such a number.

    >>> (x_train, y_train), (x_test, y_test) = load_data(70)
    >>> x_train.shape, y_train.shape, x_test.shape, y_test.shape
    ((60, 28, 28, 1), (60,), (10, 28, 28, 1), (10,))
    """
    cells = load(whole_number("n", n, 2, "load_data(n=7000)"), seed)
    cut = len(cells) * 6 // 7
    return (cells.x[:cut], cells.y[:cut]), (cells.x[cut:], cells.y[cut:])


def draw_block(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Draw BLOCK pictures: grey (m,28,28) uint8, labels (m,), masks (m,28,28), truth by name."""
    classes = np.arange(len(DRAW), dtype=np.uint8)
    y = rng.permuted(np.tile(classes, (BLOCK // len(DRAW), 1)), axis=1).ravel()
    scene, truth = draw_scene(rng)
    cell, absorbance = draw_cells(rng, y, scene, truth)
    around = draw_neighbours(rng, scene, truth)
    transmitted = np.exp(-np.log(10) * scene["stain"] * (absorbance + around * (1 - cell)))  # 10^(-A)
    noise = scene["noise_sd"] * rng.standard_normal(cell.shape, dtype=np.float32)
    grey = scene["light"] * transmitted + noise
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8), y, cell >= 0.5, truth


def draw_scene(rng: np.random.Generator) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Draw where each cell lies, how it is stained and lit; open the table of truth."""
    middle = (SIDE - 1) / 2
    axis = (np.arange(SIDE, dtype=np.float32) - middle) * PIXEL_UM
    x0, y0 = between(rng, -SHIFT_UM, SHIFT_UM, BLOCK), between(rng, -SHIFT_UM, SHIFT_UM, BLOCK)
    drawn = {
        "rotation": between(rng, 0, 2 * np.pi, BLOCK),
        "stretch": between(rng, -0.08, 0.12, BLOCK),
        "stain": between(rng, 0.9, 1.1, BLOCK),
        "background": between(rng, 230, 245, BLOCK),
        "tilt": between(rng, 0, 0.04, BLOCK),
        "focus": between(rng, 0.35, 0.65, BLOCK),
        "noise_sd": between(rng, 2, 4, BLOCK),
    }
    size, way = between(rng, 0.96, 1.04, BLOCK), between(rng, 0, 2 * np.pi, BLOCK)
    ramp = (np.cos(way) * axis + np.sin(way) * axis[:, None]) / axis[-1]  # (m,28,28), -1..1 from side to side
    light = drawn["background"] * (1 + drawn["tilt"] * ramp)
    truth = {name: np.zeros(BLOCK, np.int64 if unit == "count" else np.float32) for name, unit in UNITS.items()}
    truth["row"], truth["col"] = (y0 / PIXEL_UM + middle).ravel(), (x0 / PIXEL_UM + middle).ravel()
    for name, value in drawn.items():
        truth[name] = value.ravel()
    return {**drawn, "x": axis - x0, "y": axis[:, None] - y0, "size": size, "light": light}, truth


def draw_cells(
    rng: np.random.Generator, y: np.ndarray, scene: dict[str, np.ndarray], truth: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the cells class by class: coverage and absorbance (m,28,28); writes their truth."""
    cell, absorbance = np.zeros((2, BLOCK, SIDE, SIDE), np.float32)
    for label, draw in enumerate(DRAW.values()):
        i = np.flatnonzero(y == label)
        cos, sin = np.cos(scene["rotation"][i]), np.sin(scene["rotation"][i])
        dx, dy = scene["x"][i], scene["y"][i]  # (m,1,28) and (m,28,1)
        pose = Pose(cos * dx + sin * dy, cos * dy - sin * dx, scene["focus"][i], scene["stretch"][i], scene["size"][i])
        drawing = draw(rng, pose)
        cell[i], absorbance[i] = drawing.cell, drawing.absorbance
        for name, value in drawing.facts.items():
            truth[name][i] = np.ravel(value)
        nucleus = np.broadcast_to(drawing.nucleus, cell[i].shape)
        truth["nucleus_share"][i] = nucleus.sum((1, 2)) / drawing.cell.sum((1, 2))
    return cell, absorbance


def draw_neighbours(rng: np.random.Generator, scene: dict[str, np.ndarray], truth: dict[str, np.ndarray]) -> np.ndarray:
    """Absorbance of up to two red cells that look in from the side without touching the cell; writes their number."""
    count, side = rng.choice(3, p=[0.6, 0.3, 0.1], size=(BLOCK, 1, 1)), between(rng, 0, 2 * np.pi, BLOCK)
    absorbance = np.zeros((BLOCK, SIDE, SIDE), np.float32)
    for k in range(2):
        angle = side + k * between(rng, 1.8, np.pi, BLOCK)
        radius, gap = between(rng, 3.4, 4.1, BLOCK), between(rng, 0.8, 3.5, BLOCK)
        far = np.maximum(1.1 * truth["radius"][:, None, None] + radius + gap, 8.5)
        d = np.sqrt((scene["x"] - far * np.cos(angle)) ** 2 + (scene["y"] - far * np.sin(angle)) ** 2) - radius
        absorbance += (k < count) * HAEMOGLOBIN * smooth_step(d, scene["focus"]) * red_cell_profile(1 + d / radius)
    truth["neighbours"] = count.ravel()
    return absorbance
