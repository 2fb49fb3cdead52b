"""Model: layers joined into a graph, with weights, a summary and a training loop."""

from typing import TYPE_CHECKING

import numpy as np

from edunet.layers.input import InputLayer
from edunet.layers.layer import Layer
from edunet.layers.recurrent import Reader
from edunet.layers.symbol import Node, Symbol, draw_again, fill, in_list, lay_flat, symbols_in
from edunet.models import looking, summary
from edunet.models.drawing import as_keras_orders_them, checked, parts_behind, unique
from edunet.models.examples import all_by_name
from edunet.models.streaming import Stream
from edunet.models.training import Trainable

if TYPE_CHECKING:
    from edunet.models.doctor import Report

__all__ = ["Model"]


class Model(Trainable):
    """A network from inputs to outputs: `Model(inputs, outputs)`.

    Branches, residual connections and shared layers are drawn by calling layers on what `Input` returns:

    >>> from edunet import layers
    >>> x = layers.Input((8,))
    >>> h = layers.Dense(8, activation="relu")(x)
    >>> model = Model(x, layers.Dense(1)(layers.Add()([x, h])))
    >>> model.count_params()
    81

    Several inputs or outputs stand in a list, or in a dict that names them, in the order of its names: then `fit` takes
    labels, losses and metrics by these names, and `predict` gives such a dict.

    >>> model = Model(x, {"risk": layers.Dense(1, activation="sigmoid")(h), "days": layers.Dense(1)(h)})
    >>> {name: y.shape for name, y in model.predict(np.ones((5, 8))).items()}
    {'days': (5, 1), 'risk': (5, 1)}

    A subclass that defines `call` needs no inputs and outputs.
    """

    def __init__(self, inputs=None, outputs=None, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self._inputs_drawn: list[Symbol] = []
        self._outputs_drawn = None
        self._order: list[Layer | int] = []  # layers as Keras orders them; a number is an input
        self._stream: Stream | None = None
        if inputs is not None or outputs is not None:
            self._connect(inputs, outputs)

    def _connect(self, inputs, outputs) -> None:
        """Find the layers between inputs and outputs, in an order in which each has what it needs."""
        inputs, self._outputs_drawn = checked(inputs), checked(outputs)
        self._inputs_drawn, ends = in_list(inputs), in_list(self._outputs_drawn)
        parts = parts_behind(ends, self._inputs_drawn)
        nodes = [part for part in parts if isinstance(part, Node)]
        self._nodes = sorted(nodes, key=lambda node: node.number)  # numbered as drawn: each after what it needs
        ordered, place = as_keras_orders_them(parts), {id(s): i for i, s in enumerate(self._inputs_drawn)}
        self._order = [part if isinstance(part, Layer) else place[id(part)] for part in ordered]
        self.output_shapes = [s.shape for s in ends]
        names = [s.name or (s.node.layer.name if s.node else "input") for s in self._inputs_drawn]
        self.input_names = list(inputs) if isinstance(inputs, dict) else unique(names)
        self.answers_by_name = isinstance(self._outputs_drawn, dict)
        names = [s.node.layer.name if s.node else s.name for s in ends]
        self.output_names = list(self._outputs_drawn) if self.answers_by_name else unique(names)
        self.built = True

    # ---- the graph

    @property
    def nodes(self) -> list[Node]:
        """The uses of layers, each after those that it needs; none if a subclass defines `call`."""
        return [] if self._outputs_drawn is None else self._nodes

    @property
    def layers(self) -> list[Layer]:
        """The layers, from those furthest from the outputs to the nearest; a shared layer once.

        As in Keras an InputLayer stands for each input of a Model(inputs, outputs), and for none of a Sequential.
        """
        if self._outputs_drawn is None:
            return self.sublayers()
        return [part if isinstance(part, Layer) else InputLayer.of(self.inputs[part]) for part in self._order]

    def sublayers(self):
        if self._outputs_drawn is None:
            return super().sublayers()
        return [part for part in self._order if isinstance(part, Layer)]

    @property
    def inputs(self):
        """What `Input` returned, one for each input."""
        return self._inputs_drawn

    @property
    def outputs(self):
        """The Symbols of the outputs, from which further layers may be drawn."""
        return symbols_in(self._outputs_drawn)

    input = property(lambda self: self.inputs[0] if len(self.inputs) == 1 else self.inputs)
    output = property(lambda self: self.as_drawn(self.outputs))

    @property
    def input_shape(self):  # type: ignore[override]
        """The shape of the input, batch axis first, of several a list; None before it is known."""
        return _one_or_list([symbol.shape for symbol in self._inputs_drawn])

    @property
    def output_shape(self):
        """The shape of the output, batch axis first, of several a list; None before it is known."""
        return _one_or_list(self.output_shapes or [])

    def get_layer(self, name=None, index=None) -> Layer:
        """Return a layer by its name or by its place."""
        if index is not None:
            return self.layers[index]
        for layer in [*self.sublayers(), *self.layers]:
            if layer.name == name:
                return layer
        inside = [part.name for part in self.sublayers() if name in [layer.name for layer in part.with_inner()[1:]]]
        hint = f" It is inside {inside[0]!r}: get_layer({inside[0]!r}).get_layer({name!r})." if inside else ""
        raise ValueError(f"no layer is called {name!r}; the layers are {[layer.name for layer in self.layers]}.{hint}")

    supports_masking = True  # masks travel inside, from layer to layer

    def carry_mask(self, y, args, mask):
        return y  # the last layers have said what is masked

    def call(self, inputs, *more):
        if self._outputs_drawn is None:
            raise ValueError(f"{self.name}: a Model needs inputs and outputs, or a subclass with its own call(x).")
        if more:
            raise TypeError(f"{self.name}: several inputs stand in one list, or in a dict by name: model([a, b]).")
        values = dict(zip(self._inputs_drawn, self._in_order(inputs), strict=True))
        for node in self._nodes:
            if node.only is not None:
                y = node.layer(values[node.only])
            else:
                args, kwargs = node.filled(values)
                y = node.layer(*args, **kwargs)
            if isinstance(y, (tuple, list, dict)):
                values.update(zip(node.outputs, in_list(y), strict=True))
            else:
                values[node.outputs[0]] = y
        return fill(self._outputs_drawn, values)

    def _in_order(self, inputs) -> list:
        """Return what the model is called on as a list in the order of its inputs."""
        if isinstance(inputs, dict):
            return all_by_name(inputs, self.input_names, "inputs")
        xs = in_list(inputs)
        self._check_number(xs, "inputs")
        return xs

    def _check_number(self, xs: list, what: str) -> None:
        names = self.input_names or []
        if len(xs) == len(names):
            return
        if len(names) == 1:
            hint = "A list of examples becomes one array with np.stack(x)."
        else:
            hint = f"They stand in a list, in this order, or in a dict: {{{names[0]!r}: ..., {names[1]!r}: ...}}."
        expected = "1 input" if len(names) == 1 else f"{len(names)} inputs, {names}"
        received = "one array" if len(xs) == 1 else f"a list of {len(xs)} arrays"
        raise ValueError(f"{what}: the model has {expected}. Received {received}. {hint}")

    def _draw(self, args, kwargs):
        if self._outputs_drawn is not None and args and isinstance(args[0], dict):
            args = (self._in_order(args[0]), *args[1:])  # as a list, whatever reads the drawing
        return super()._draw(args, kwargs)

    def __getstate__(self):
        state = super().__getstate__()
        if self._outputs_drawn is not None:
            drawn = (state.pop(key) for key in ("_nodes", "_inputs_drawn", "_outputs_drawn"))
            state["drawing"] = lay_flat(*drawn)
        return state

    def __setstate__(self, state):
        flat = state.pop("drawing", None)
        vars(self).update(state)
        if flat is not None:
            self._nodes, self._inputs_drawn, self._outputs_drawn = draw_again(flat)

    # ---- data meets graph

    def adjust_rank(self, xs: list[np.ndarray]) -> list[np.ndarray]:
        """Check the data against the inputs; grey images (N,H,W) get the channel axis that Input((H,W,1)) asks for."""
        if self._outputs_drawn is None and not self.asks_by_name:
            return xs
        self._check_number(xs, "x")
        if self._outputs_drawn is None:
            return xs
        adjusted = []
        for x, symbol in zip(xs, self._inputs_drawn, strict=True):
            if x.ndim == symbol.ndim - 1 and symbol.shape[-1] == 1 and x.shape != symbol.shape[1:]:
                x = x[..., None]
            fits = x.ndim == symbol.ndim and all(
                n in (None, m) for n, m in zip(symbol.shape[1:], x.shape[1:], strict=False)
            )
            if not fits:
                expected = ", ".join(["N", *("any" if n is None else str(n) for n in symbol.shape[1:])])
                single = x.shape in (symbol.shape[1:], symbol.shape[1:-1])
                raise ValueError(
                    f"x: the model expects ({expected}). Received {x.shape}."
                    + (" For a single example add the batch axis: x[None]." if single else "")
                    + _channel_hint(x.shape, symbol.shape)
                )
            adjusted.append(x)
        return adjusted

    # ---- sequences that come step by step

    def step(self, x_t):
        """Return the outputs at the next step of sequences that come step by step, as `predict` would for all so far.

        Args: x_t (N,...), the next step x[:, t] of N sequences. The model remembers them until `reset_states`.
        Raises ValueError for a layer that needs the whole sequence, and for another number of sequences.

        >>> from edunet import Sequential, layers
        >>> model = Sequential([layers.LSTM(4, return_sequences=True, input_shape=(None, 2)), layers.Dense(1)])
        >>> x = np.ones((3, 5, 2), "float32")
        >>> y = np.stack([model.step(x[:, t]) for t in range(5)], axis=1)
        >>> bool(np.allclose(y, model.predict(x), atol=1e-6))
        True
        """
        if self._stream is None:
            self._stream = Stream(self)
        return self._stream.step(x_t)

    def reset_states(self) -> None:
        """Begin anew: forget the sequences of `step`, and what stateful layers keep from the last batch."""
        self._stream = None
        for layer in self.with_inner():
            if isinstance(layer, Reader):
                layer.reset_states()

    # ---- for people

    def doctor(self, x, y, groups=None, **options) -> "Report":
        """Look at model and data before `fit`, and report what would spoil the training: sentence, evidence, repair.

        Args: x, y as for fit; groups (N,), whose each row is; validation_split, or validation_data with
        validation_groups, and class_weight, as fit will get them; causal, True for a model that will be asked while
        later steps are not known yet. The model stays as it is, also one that is not built yet.
        """
        from edunet.models import doctor  # many files, which most sessions never need

        return doctor.examine(self, x, y, groups, **options)

    def activations(self, x) -> dict:
        """Return what every layer gives for x, by its name: arrays (N,...), of several outputs a list of them.

        Args: x, as for `predict`, but all at once: a few examples. Later uses of a shared layer are name_1, name_2, ...
        Raises ValueError for a subclass with its own `call`, which is not drawn.

        >>> from edunet import Sequential, layers
        >>> model = Sequential([layers.Dense(3, name="hidden", input_shape=(2,)), layers.Dense(1, name="answer")])
        >>> {name: y.shape for name, y in model.activations(np.ones((5, 2))).items()}
        {'hidden': (5, 3), 'answer': (5, 1)}
        """
        return looking.activations(self, x)

    def gradients(self, x, y, sample_weight=None) -> dict[str, np.ndarray]:
        """Return ∂loss/∂w for every weight w that learns, by layer and weight: {"dense/kernel": (D,U), ...}.

        The loss is the one that `fit` makes small on these examples, penalties with it, computed as `evaluate` does:
        without dropout. Layers whose gradients are far smaller than those of others hardly learn. Nothing is changed.
        Args: x, y, sample_weight, as for `fit`, all at once: a few examples.
        Raises RuntimeError before `compile`, and what `fit` raises for data that cannot be learnt from.

        >>> from edunet import Sequential, layers
        >>> model = Sequential([layers.Dense(1, name="dose", input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> {name: g.shape for name, g in model.gradients(np.ones((5, 2)), np.zeros(5)).items()}
        {'dose/kernel': (2, 1), 'dose/bias': (1,)}
        """
        return looking.slopes(self, x, y, sample_weight)

    def summary(
        self, line_length=None, positions=None, print_fn=None, expand_nested=False, show_trainable=False
    ) -> None:
        """Print a table of the layers: name and kind, output shape, number of weights, operations for one example.

        Args: print_fn, what is called with the text in place of print; expand_nested, also the layers of models that
        are layers; show_trainable, a column that says whether the weights of a layer learn. line_length and positions
        may be given, as for Keras, and change nothing: a column is as wide as what stands in it.
        """
        if not self.built:
            raise ValueError(f"{self.name} has no weights yet: give it an input_shape, or call fit or build first.")
        (print_fn or print)(summary.as_text(self, expand_nested, show_trainable))

    def _repr_html_(self) -> str:
        return summary.as_html(self)

    # ---- in files (whose room makes models, and so stands on this one)

    def save(self, path, include_optimizer=True, overwrite=True) -> None:
        """Write the whole model to a .safetensors file: layers, weights, what was compiled. See `models.load_model`.

        An older file is replaced only once the new one is complete; with overwrite=False it is refused. A subclass
        with its own `call` is code, which no file holds: of such a model `save_weights` writes the weights. Layers of
        your own come back from the arguments that they keep, and from weights made by `add_weight`; other arrays and
        numbers that they change while learning are not in the file. States of stateful layers and generators of layers
        with a seed begin anew; `callbacks.Checkpoint` holds them.
        """
        from edunet.models import saving

        saving.save_model(self, path, include_optimizer, overwrite)

    def save_weights(self, path) -> None:
        """Write all weights to a .safetensors file; an older file is replaced only once the new one is complete."""
        from edunet.models import saving

        saving.save_weights(self, path)

    def load_weights(self, path) -> None:
        """Read weights that `save_weights` or `save` wrote for a model of the same architecture."""
        from edunet.models import saving

        saving.load_weights(self, path)

    def get_config(self) -> dict:
        """Return the architecture without the weights: numbers, texts, lists of them, and arrays."""
        from edunet.models import saving

        return saving.get_config(self)

    @staticmethod
    def from_config(config: dict, custom_objects: dict | None = None) -> "Model":
        """Return a new model of an architecture that `get_config` returned, with new weights."""
        from edunet.models import saving

        return saving.from_config(config, custom_objects)


def _one_or_list(shapes: list):
    return shapes[0] if len(shapes) == 1 else list(shapes) or None


def _channel_hint(received, expected) -> str:
    if len(received) == len(expected) == 4 and received[1] == expected[-1] and received[-1] != expected[-1]:
        return " The channels seem to stand first: use x.transpose(0, 2, 3, 1)."
    return ""
