"""A drawing of a model: a box for each use of a layer, an arrow wherever numbers go."""

from itertools import pairwise

from edunet.canvas import LOOKS, blank_figure
from edunet.models import Model

__all__ = ["graph"]

WIDE, HIGH, GAP = 3.0, 0.52, 0.42  # a box, and the room between two floors; inches


def graph(model, *, shapes=True, names=True):
    """Draw a model from its inputs, at the top, to its outputs; a box says the layer's kind, name and output shape.

    Args: model, drawn or built; shapes=False leaves the shapes out, names=False the names of layers.
    Raises TypeError for what is no model, ValueError for one that is not built yet.

    >>> from edunet import layers, models
    >>> figure = graph(models.Sequential([layers.Dense(3, input_shape=(4,))]))
    >>> figure.savefig("model.png")                    # doctest: +SKIP
    """
    if not isinstance(model, Model):
        raise TypeError(f"graph: expected a model. Received: {model!r}.")
    if not model.nodes:
        raise ValueError(
            f"graph: {model.name} is not drawn yet. Give its first layer an input_shape, or fit it; a subclass with "
            "its own call has no drawing."
        )
    floors, arrows = _floors(model)
    floors = _untangled(floors, arrows)
    across = _places(floors, arrows)
    left, right = min(across.values()) - 0.5, max(across.values()) + 0.5
    figure = blank_figure(WIDE * (right - left), (HIGH + GAP) * len(floors), synthetic=False)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_xlim(left, right)
    axes.set_ylim(-len(floors) + 0.5, 0.5)
    at = {box: (across[box], -y) for y, floor in enumerate(floors) for box in floor}
    for box, place in at.items():
        if not isinstance(box, tuple):
            _draw_box(axes, place, *_texts(box, shapes, names))
    for ends in arrows:
        _draw_arrow(axes, [at[box] for box in ends])
    return figure


def _floors(model):
    """Return the boxes floor by floor, and the arrows as lists of boxes; a long one bends at (start, end, floor)."""
    level = {}
    for symbol in model.inputs:
        level[symbol] = 0
    for node in model.nodes:  # each after what it needs
        level[node] = 1 + max((level[s.node or s] for s in node.inputs), default=0)
    floors: list[list] = [[] for _ in range(1 + max(level.values()))]
    for box, floor in level.items():
        floors[floor].append(box)
    arrows = []
    for node in model.nodes:
        for source in dict.fromkeys(s.node or s for s in node.inputs):
            bends = [(source, node, floor) for floor in range(level[source] + 1, level[node])]
            for bend in bends:
                floors[bend[2]].append(bend)
            arrows.append([source, *bends, node])
    return floors, arrows


def _beside(floors, arrows, sweep):
    """Walk the floors down, in odd sweeps up; with each give the neighbours that its boxes have on the one before."""
    step = 1 if sweep % 2 == 0 else -1
    near: dict = {}
    for ends in arrows:
        for a, b in pairwise(ends):
            near.setdefault((b, 1), []).append(a)
            near.setdefault((a, -1), []).append(b)
    for floor in range(len(floors))[::step]:
        yield floor, {box: near.get((box, step), []) for box in floors[floor]}


def _untangled(floors, arrows):
    """Sort each floor by the mean place of its neighbours, a few times: fewer arrows cross."""
    for sweep in range(6):
        for floor, neighbours in _beside(floors, arrows, sweep):
            place = {box: i - len(boxes) / 2 for boxes in floors for i, box in enumerate(boxes)}
            floors[floor] = sorted(
                floors[floor], key=lambda box: _mean([place[n] for n in neighbours[box]], place[box])
            )
    return floors


def _places(floors, arrows):
    """Return where each box stands from left to right: as near below its neighbours as those beside it allow."""
    across = {box: i - (len(boxes) - 1) / 2 for boxes in floors for i, box in enumerate(boxes)}
    for sweep in range(12):
        for floor, neighbours in _beside(floors, arrows, sweep):
            wishes = [_mean([across[n] for n in neighbours[box]], across[box]) for box in floors[floor]]
            given: list[float] = []
            shares = [0.12 if isinstance(box, tuple) else 0.5 for box in floors[floor]]
            for i, wish in enumerate(wishes):
                given.append(max(wish, given[-1] + shares[i - 1] + shares[i]) if i else wish)
            shift = _mean([w - g for w, g in zip(wishes, given, strict=True)], 0.0)
            across |= {box: g + shift for box, g in zip(floors[floor], given, strict=True)}
    return across


def _mean(values, otherwise):
    return sum(values) / len(values) if values else otherwise


def _texts(box, shapes, names):
    """Return what a box says in its first and second line."""
    if hasattr(box, "layer"):
        outputs = ", ".join(str(symbol.shape) for symbol in box.outputs)
        return type(box.layer).__name__, "  ".join([box.layer.name] * names + [outputs] * shapes)
    return "Input", "  ".join([box.name or ""] * names + [str(box.shape)] * shapes).strip()


def _draw_box(axes, place, first, second):
    from matplotlib.patches import FancyBboxPatch

    x, y = place
    width, height = 0.9, HIGH / (HIGH + GAP)
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2), width, height, boxstyle="round,pad=0,rounding_size=0.06",
            facecolor="#eef3f8" if first != "Input" else "white", edgecolor=LOOKS[0]["color"], linewidth=1.2,
        )
    )  # fmt: skip
    axes.text(x, y + (0.13 if second else 0), first, ha="center", va="center", fontsize=9, fontweight="bold")
    axes.text(x, y - 0.14, second, ha="center", va="center", fontsize=min(8, 8 * 44 / max(len(second), 1)))


def _draw_arrow(axes, places):
    half = HIGH / (HIGH + GAP) / 2
    (x0, y0), *_ = places
    bends = [(x, y + side) for x, y in places[1:-1] for side in (half, -half)]  # upright between the boxes of a floor
    points = [(x0, y0 - half), *bends, (places[-1][0], places[-1][1] + half)]
    axes.plot(*zip(*points[:-1], strict=True), color="0.35", linewidth=1.2, solid_joinstyle="round")
    axes.annotate(
        "",
        xy=points[-1],
        xytext=points[-2],
        arrowprops={"arrowstyle": "-|>", "color": "0.35", "shrinkA": 0, "shrinkB": 0},
    )
