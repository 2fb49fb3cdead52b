"""Streaming: a sequence that comes step by step, as from a monitor, and an answer at every step.

Each layer goes on from what it remembers: a recurrent layer from its states, a causal convolution from the last inputs
that its filters reach, an encoding of positions from the number of the step. Layers that treat every step by itself
remember nothing. The others are refused: what they give at a step depends on steps that have not come yet.

Inside, one step is a sequence of length 1, (N,1,...). What has no steps any more, such as the last state of an LSTM,
is that of the sequence so far, and the layers after it do what they always do.
"""

from typing import Any, NamedTuple

import numpy as np

from edunet.layers.arguments import arguments
from edunet.layers.conv import Conv1D
from edunet.layers.embedding import Embedding, PositionEmbedding, SinePositionEncoding
from edunet.layers.mask import carry, mask_of
from edunet.layers.merge import Concatenate, Residual
from edunet.layers.norm import BatchNormalization
from edunet.layers.recurrent import Reader
from edunet.layers.symbol import Node, Symbol, in_list
from edunet.layers.wrap import Bidirectional, TimeDistributed
from edunet.models.examples import check_examples
from edunet.models.promise import first_that_mixes_steps, is_own
from edunet.models.trying import spare
from edunet.tensor import Tensor, add, as_array, concatenate, no_gradients, take, where

__all__ = ["Stream"]

NOW = (slice(None), slice(-1, None))  # the last of the steps at hand


class Stream:
    """Sequences on their way through a model: what its layers remember, and the number of sequences.

    Raises ValueError for a model that cannot go step by step, with the layer and the reason. A learner's own layers
    are tried on a few steps: one that breaks its promise is found before it gives wrong answers.
    """

    def __init__(self, model):
        self.model, self.nodes = model, getattr(model, "_nodes", None)
        self.plan = _Plan.of(model)
        _try_own_layers(model)
        self.memory: dict[int, object] = {}  # node number -> what its layer remembers
        self.sequences: int | None = None

    def step(self, x_t):
        """Return the outputs at the next step, x_t (N,...) or a list of such arrays."""
        if self.nodes is not self.model._nodes:
            raise ValueError(f"{self.model.name} has got other layers since the stream began: call reset_states().")
        xs = check_examples(x_t, names=self.model.input_names)
        symbols = self.model.inputs
        if len(xs) != len(symbols):
            raise ValueError(f"step: the model has {len(symbols)} input(s). Received {len(xs)}.")
        xs = [_checked(x, symbol) for x, symbol in zip(xs, symbols, strict=True)]
        if self.sequences not in (None, len(xs[0])):
            raise ValueError(
                f"step: the stream goes on with {self.sequences} sequences. Received {len(xs[0])}. "
                "To begin with others call model.reset_states()."
            )
        with no_gradients():
            outputs, memory = self.plan.advance([x[:, None] for x in xs], self.memory)
        self.memory, self.sequences = memory, len(xs[0])  # only now: a step that failed has not been
        arrays = [
            np.array(as_array(y)[:, 0] if symbol in self.plan.timed else as_array(y))
            for symbol, y in zip(self.model.outputs, outputs, strict=True)
        ]
        return self.model.as_drawn(arrays)


class _Plan(NamedTuple):
    """The uses of layers in a model, each with the rule by which it goes on, or None where there are no steps."""

    model: Any
    uses: list
    timed: set  # the Symbols that have a time axis

    @classmethod
    def of(cls, model):
        if model._outputs_drawn is None:
            raise ValueError(
                f"{model.name} cannot be streamed yet: give it an input_shape, or call build, fit or predict first. "
                "(A Model with a call of its own cannot be streamed at all: draw it from Input.)"
            )
        timed: set[Symbol] = set()
        for symbol in model.inputs:
            _check_sequence(symbol, model._nodes)
            timed.add(symbol)
        uses = []
        for node in model._nodes:
            steps = [symbol in timed for symbol in node.inputs]
            rule = _rule(node) if any(steps) else None
            if any(steps) and not all(steps):
                _refuse(node.layer, "it joins the steps with something that is made of the whole sequence")
            if rule is not None:
                timed.update(rule.timed(node))
            uses.append((node, rule))
        return cls(model, uses, timed)

    def advance(self, xs: list, memory: dict):
        """Return the outputs for one step of each input, and what is remembered then."""
        values, after = self.values(xs, memory)
        return [values[symbol] for symbol in self.model.outputs], after

    def values(self, xs: list, memory: dict) -> tuple[dict, dict]:
        """Return what every layer gives for one step of each input, and what is remembered then."""
        values: dict = dict(zip(self.model.inputs, xs, strict=True))
        after = {}
        for node, rule in self.uses:
            args, kwargs = node.filled(values)
            if rule is None:
                y = node.layer(*args, **{"training": False, **kwargs})
            else:
                y, after[node.number] = rule.go_on(node.layer, args, kwargs, memory.get(node.number))
            values.update(zip(node.outputs, in_list(y), strict=True))
        return values, after


def _try_own_layers(model) -> None:
    """Raise ValueError that names the first layer which goes step by step and then gives something else."""
    if not any(is_own(layer) for layer in model.with_inner()):
        return
    with spare(model) as lent:
        layer = first_that_mixes_steps(_Plan.of(lent))
    if layer is not None:
        promised = is_own(layer) and layer.supports_masking
        promise = "it says supports_masking = True, that every step is treated by itself, but " if promised else ""
        _refuse(layer, f"{promise}its answer for a step depends on other steps")


# ---------------------------------------------------------------- how layers go on


class _ByItself:
    """A layer that treats every step by itself."""

    def timed(self, node):
        return node.outputs

    def go_on(self, layer, args, kwargs, memory):
        return layer(*args, **{"training": False, **kwargs}), None  # as predict says


class _FromStates:
    """A recurrent layer: it remembers its states, and what it gave, for steps that are masked."""

    def timed(self, node):
        return node.outputs[: 1 if node.layer.return_sequences else 0]

    def go_on(self, layer, args, kwargs, memory):
        states, before = memory or (None, None)
        x, mask = args[0], mask_of(args[0])
        x = x if isinstance(x, Tensor) else Tensor(as_array(x).astype(layer.dtype))
        y, states = layer.go_on(x, states, mask)
        if mask is not None:
            counts = mask[..., None] if layer.return_sequences else mask
            if before is not None and not layer.zero_output_for_mask:
                y = where(y, before, condition=counts)
        before = y
        if layer.return_sequences:
            y = carry(y, mask)
        return (y, *states) if layer.return_state else y, (states, before)


class _FromLastInputs:
    """A causal convolution: it remembers as many inputs as its filters reach back, zeros at first."""

    def timed(self, node):
        return node.outputs

    def go_on(self, layer, args, kwargs, memory):
        (x,) = args
        if memory is None:
            reach = (layer.kernel_size[0] - 1) * layer.dilation_rate[0]
            memory = np.zeros((x.shape[0], reach, x.shape[2]), as_array(x).dtype)
        seen = concatenate(memory, x, axis=1)
        return take(layer(seen), key=NOW), as_array(seen)[:, 1:]


class _FromPlace:
    """An encoding of positions: it remembers how many steps there were."""

    def timed(self, node):
        return node.outputs

    def go_on(self, layer, args, kwargs, memory):
        (x,), t = args, memory or 0
        earlier = np.zeros((x.shape[0], t, x.shape[2]), as_array(x).dtype)  # only their number matters
        y = take(layer(concatenate(earlier, as_array(x), axis=1)), key=NOW)
        return carry(y, mask_of(x)), t + 1


class _FromInside:
    """A model within the model: its layers go on by themselves."""

    def __init__(self, model):
        self.plan = _Plan.of(model)

    def timed(self, node):
        pairs = zip(node.outputs, self.plan.model.outputs, strict=True)
        return [outside for outside, inside in pairs if inside in self.plan.timed]

    def go_on(self, layer, args, kwargs, memory):
        outputs, memory = self.plan.advance(in_list(args[0]), memory or {})
        return layer.as_drawn(outputs), memory


class _FromAround:
    """A Residual: the layers inside go on by themselves, and the sum is made step by step."""

    def __init__(self, node):
        self.rules = []
        for part in node.layer.layers:
            inside = Node(part, node.args, {})
            inside.outputs = node.outputs  # x + f(x): what is inside begins and ends with the shape of x
            self.rules.append(_rule(inside))

    def timed(self, node):
        return node.outputs

    def go_on(self, layer, args, kwargs, memory):
        (x,) = args
        y, after = x, []
        for part, rule, before in zip(layer.layers, self.rules, memory or [None] * len(self.rules), strict=True):
            y, kept = rule.go_on(part, (y,), {}, before)
            after.append(kept)
        return carry(add(x, y), mask_of(x)), after


def _rule(node: Node):
    """Return how the layer of a node goes on, or raise ValueError that says why it cannot."""
    layer = node.layer
    if _is_model(layer):
        return _FromInside(layer)
    if isinstance(layer, Reader):
        if layer.go_backwards:
            _refuse(layer, "it goes backwards, and begins with the last step")
        if len(node.args) > 1 or node.kwargs:
            _refuse(layer, "it was drawn with an initial_state or a mask of its own; a stream begins with zeros")
        return _FromStates()
    if isinstance(layer, Bidirectional):
        _refuse(layer, "it reads the sequence from its end as well. Use its layer alone, without Bidirectional")
    if isinstance(layer, Conv1D):
        if layer.padding != "causal" or layer.strides[0] != 1:
            _refuse(layer, "only a convolution with padding='causal' and strides=1 gives an answer at each step")
        return _FromLastInputs()
    if isinstance(layer, (PositionEmbedding, SinePositionEncoding)):  # y[t] is made of x[t] and t
        return _FromPlace()
    if type(layer) is Residual and not node.kwargs:
        return _FromAround(node)
    if isinstance(layer, Concatenate) and layer.axis % node.inputs[0].ndim == 1:
        _refuse(layer, "it puts sequences one after the other")
    promised = layer.supports_masking and "mask" not in arguments(type(layer), "call") and not layer.sublayers()
    if promised or isinstance(layer, (BatchNormalization, Embedding, TimeDistributed)):
        return _ByItself()
    hint = ". If it treats every step by itself, let its class say supports_masking = True" if is_own(layer) else ""
    return _refuse(layer, f"it needs all steps at once{hint}")


def _is_model(layer) -> bool:
    return hasattr(layer, "_outputs_drawn")


def _refuse(layer, why: str):
    raise ValueError(
        f"step: {layer.name!r} ({type(layer).__name__}) cannot go step by step: {why}. For whole sequences: predict(x)."
    )


def _check_sequence(symbol: Symbol, nodes: list[Node]) -> None:
    """Raise ValueError unless an input is a sequence (T,...), or codes (T,) that are looked up."""
    readers = [node.layer for node in nodes if symbol in node.inputs]
    looked_up = all(isinstance(layer, Embedding) or _is_model(layer) for layer in readers)  # a model checks by itself
    codes = symbol.dtype.kind in "iu" or looked_up
    if symbol.ndim < 3 and not (symbol.ndim == 2 and codes):
        raise ValueError(
            f"step: the model expects {symbol.shape}, which has no time axis: expected sequences (N, T, D). "
            "For single examples: predict(x)."
        )


def _checked(x, symbol: Symbol):
    """Return one step of all sequences as the input expects it, without its time axis."""
    expected = symbol.shape[2:]
    if expected == (1,) and x.ndim == 1:
        x = x[:, None]
    if x.ndim != 1 + len(expected) or any(n not in (None, m) for n, m in zip(expected, x.shape[1:], strict=True)):
        hint = ""
        if x.ndim == len(expected) and x.shape == expected:
            hint = " For a single sequence add the batch axis: x_t[None]."
        elif x.ndim == 2 + len(expected) and x.shape[2:] == expected:
            hint = " For whole sequences type predict(x); a single step is x[:, t]."
        wanted = ", ".join(["N", *("any" if n is None else str(n) for n in expected)])
        raise ValueError(f"step: expected one step of each sequence, ({wanted}). Received {x.shape}.{hint}")
    return x
