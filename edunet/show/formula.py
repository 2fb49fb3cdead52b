"""The page of the textbook that belongs to a layer, an op, a loss or an optimizer, taken from its docstring."""

import html
import inspect
import re

from edunet import layers, losses, ops, optimizers
from edunet.layers import Layer
from edunet.optimizers import Optimizer

__all__ = ["Formula", "formula"]

OPS_OF_LOSSES = {
    losses.SparseCategoricalCrossentropy: ops.sparse_softmax_crossentropy,
    losses.CategoricalCrossentropy: ops.softmax_crossentropy,
    losses.BinaryCrossentropy: ops.sigmoid_crossentropy,
    losses.BinaryFocalCrossentropy: ops.sigmoid_focal_crossentropy,
    losses.KLDivergence: ops.kl_divergence,
    losses.Hinge: ops.hinge,
    losses.MeanSquaredError: ops.squared_error,
    losses.MeanAbsoluteError: ops.absolute_error,
    losses.MeanAbsolutePercentageError: ops.percentage_error,
    losses.MeanSquaredLogarithmicError: ops.squared_log_error,
    losses.Huber: ops.huber,
    losses.LogCosh: ops.log_cosh,
    losses.Poisson: ops.poisson,
    losses.Pinball: ops.pinball,
    losses.CosineSimilarity: ops.cosine_similarity,
    losses.Dice: ops.dice,
    losses.DiscreteHazard: ops.discrete_hazard,
}
HEADINGS = {"Gradient": "Gradients", "Shapes": "Shapes", "Returns": "Shapes", "Raises": "Raises", "Source": "Source"}
REPEATED = r"^(Gradients?|Shapes|Raises|Source)[:,]? "  # what the heading says already


class Formula:
    """A page: `title`, `sections` (heading -> lines), `sizes` of a layer that has been built; prints as text and HTML.

    `page` is the docstring that it was made from.
    """

    def __init__(self, name: str, page: str, sizes: str = ""):
        self.name, self.page, self.sizes = name, page, sizes
        self.title, self.sections = _read(page)

    def __str__(self):
        blocks = [f"{self.name}: {self.title}"]
        blocks += [
            f"{heading}\n" + "\n".join(f"    {line}".rstrip() for line in lines)
            for heading, lines in self.sections.items()
        ]
        return "\n\n".join([*blocks, self.sizes] if self.sizes else blocks)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return headings and <pre> only, with inline styles: they survive a notebook nobody trusts."""
        blocks = [
            f'<p style="font-size:120%;margin:4px 0"><b>{html.escape(self.name)}</b>: {html.escape(self.title)}</p>'
        ]
        for heading, lines in self.sections.items():
            text = html.escape("\n".join(lines))
            pre = f'<pre style="margin:2px 0 2px 24px;white-space:pre-wrap">{text}</pre>'
            blocks.append(f'<p style="margin:6px 0 0 0"><b>{heading}</b></p>{pre}')
        if self.sizes:
            blocks.append(f'<p style="margin:6px 0">{html.escape(self.sizes)}</p>')
        return '<div style="max-width:70em">\n' + "\n".join(blocks) + "\n</div>"


def formula(what) -> Formula:
    """Return the formula of a layer, an op, a loss or an optimizer: its page, as it stands in the code.

    Args: what, an object or a class (layers.Conv2D, losses.BinaryCrossentropy(), Adam), or a function of edunet.ops.
    A layer that has been built adds the sizes of its weights.
    Returns a Formula, which prints as text, and in a notebook as HTML.
    Raises TypeError for what has no formula; the message lists what has one.

    >>> from edunet import layers
    >>> print(str(formula(layers.Dense)).splitlines()[3].strip())
    y[n,u] = Σ_d x[n,d] · w[d,u] + b[u]                 y = x w + b
    """
    kind = what if isinstance(what, type) else type(what)
    if inspect.isfunction(what) and any(what is getattr(ops, name) for name in ops.__all__):
        return Formula(f"ops.{what.__name__}", inspect.getdoc(what) or "")
    if issubclass(kind, Optimizer) and kind is not Optimizer:
        return Formula(kind.__name__, inspect.getdoc(kind) or "")
    op = _op_of(kind)
    if not op:
        raise TypeError(f"formula: {_received(what)} has no formula of its own. Expected {_known()}.")
    return Formula(f"{kind.__name__}, by ops.{op.__name__}", inspect.getdoc(op) or "", _sizes(what))


def _op_of(kind):
    """Return the op that a class of layers or losses computes with, or None."""
    for base in kind.__mro__:
        if base in OPS_OF_LOSSES:
            return OPS_OF_LOSSES[base]
        named = re.search(r"Formula: edunet\.ops\.(\w+)", base.__doc__ or "") if issubclass(base, Layer) else None
        if named:
            return getattr(ops, named[1])
    return None


def _sizes(what):
    """Say how large the weights of a layer are, if it is built."""
    if not isinstance(what, Layer) or not what.weights:
        return ""
    weights = ", ".join(f"{w.name or 'weight'} {w.shape}" for w in what.weights)
    return f"This layer: {weights}; {what.count_params():,} numbers in all."


def _received(what):
    return what.__name__ if isinstance(what, type) or inspect.isfunction(what) else repr(what)


def _known():
    """List what has a page."""
    found = [name for name in layers.__all__ if isinstance(k := getattr(layers, name), type) and _op_of(k)]
    found += [kind.__name__ for kind in OPS_OF_LOSSES]
    found += [name for name in optimizers.__all__ if name not in ("Optimizer", "get", "schedules")]
    return f"one of the layers, losses and optimizers {', '.join(found)}, or a function of edunet.ops"


def _read(page):
    """Return the title and the sections of a docstring, in its order; examples are left out."""
    title, _, rest = page.partition("\n")
    sections: dict[str, list[str]] = {}
    heading, sentence_ended = "Formula", True
    for line in rest.split("\n>>> ")[0].strip("\n").splitlines():
        line, _, tutorial = line.partition("Tutorial: ")
        line = line.rstrip()
        if line and not line.startswith(" "):
            named = next((h for start, h in HEADINGS.items() if line.startswith(start)), None)
            goes_on = not sentence_ended or line.startswith("and ")
            heading = named or (heading if goes_on else "Notes")
        if line:
            first = heading not in sections
            sections.setdefault(heading, []).append(re.sub(REPEATED, "", line) if first else line)
            sentence_ended = line.startswith(" ") or line.endswith(".")
        if tutorial:
            sections["Tutorial"] = [tutorial.rstrip(".")]
    return title.strip(), {name: _dedent(lines) for name, lines in _ordered(sections).items()}


def _dedent(lines):
    every = [len(line) - len(line.lstrip()) for line in lines]
    return [line[min(every) :] for line in lines]


def _ordered(sections):
    """Put notes behind the formula, the gradients and the shapes, where they belong."""
    last = [name for name in ("Notes", "Raises", "Source", "Tutorial") if name in sections]
    return {name: sections[name] for name in [*(n for n in sections if n not in last), *last]}
