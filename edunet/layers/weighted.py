"""Who holds weights: making them, finding those of the layers inside, reading and replacing them."""

import itertools

import numpy as np

from edunet import constraints, initializers, regularizers
from edunet.interrupt import finish_first
from edunet.layers.phase import phase
from edunet.tensor import Tensor, as_array, is_recording

__all__ = ["Weighted"]


class Weighted:
    """What every layer can do with its weights. `Layer` inherits it, and sets these attributes at first."""

    name: str
    trainable: bool
    built: bool
    dtype: np.dtype
    activity_regularizer: regularizers.Regularizer | None
    _weights: list[tuple[Tensor, bool]]  # with whether the optimizer may change it
    _regularized: list[tuple]  # (weight, regularizer)
    _constrained: list[tuple]  # (weight, constraint)
    _penalties: list[Tensor]  # on what the layer gave in its last call
    _call: object = None  # stands for that call, from outside, which may have been one of a layer around it
    _adds_losses = False  # True: its `call` has called add_loss

    def add_weight(
        self,
        shape_or_name=(),
        /,
        initializer="glorot_uniform",
        dtype=None,
        trainable=True,
        *,
        name=None,
        shape=None,
        regularizer=None,
        constraint=None,
    ) -> Tensor:
        """Make a weight, an array of that shape, and register it.

        Both spellings of Keras will do: add_weight((3, 2), "zeros", name="w") and add_weight("w", shape=(3, 2)).
        Args: shape, one length will do for a vector, () is a single number; dtype, that of the layer unless given.
        Raises ValueError for a dtype that is not float32 or float64.
        """
        if isinstance(shape_or_name, str):
            name = shape_or_name
        elif shape is None:
            shape = shape_or_name
        shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape or ())
        dtype = self.dtype if dtype is None else np.dtype(dtype)
        if dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
            raise ValueError(f"{self.name}: weights are float32 or float64. Received: dtype={dtype.name}")
        make = phase.source or initializers.get(initializer or "glorot_uniform")
        # an initializer of the learner's own may answer in float64: one such weight would make all that follows so
        weight = Tensor(np.asarray(make(shape, dtype), dtype), name=name)
        self._weights.append((weight, trainable))
        if regularizer is not None:
            self._regularized.append((weight, regularizers.get(regularizer)))
        if constraint is not None:
            self._constrained.append((weight, constraints.get(constraint)))
        return weight

    @property
    def losses(self) -> list[Tensor]:
        """The penalties of regularizers: on weights as they are, on what each layer gave when it was last called."""
        return [loss for layer in self.with_inner() for loss in layer.own_losses()]

    def own_losses(self) -> list[Tensor]:
        """Return the penalties of this layer without those inside it."""
        return [penalty(w) for w, penalty in self._regularized if self.trainable] + self._penalties

    def add_loss(self, loss) -> None:
        """Add a number to what is made small, for this batch: called in `call`, with a Tensor computed there.

        Raises ValueError for more than one number. While a model is only drawn, or predicts, nothing is added.
        """
        loss = loss if isinstance(loss, Tensor) else Tensor(loss)
        if loss.size != 1:
            raise ValueError(f"{self.name}: add_loss takes one number, such as loss.mean(). Received {loss.shape}.")
        self._adds_losses = True
        if is_recording():
            self._keep_penalty(loss)

    def _keep_penalty(self, loss: Tensor) -> None:
        """Keep a penalty with the others of the same call from outside, and forget those of the call before."""
        if self._call is not phase.call:
            self._call, self._penalties = phase.call, []
        self._penalties.append(loss)

    @property
    def is_penalized(self) -> bool:
        """Whether the layer itself has regularizers, or has called `add_loss`."""
        return bool(self._regularized) or self._adds_losses or self.activity_regularizer is not None

    @property
    def constrained_weights(self) -> list[tuple]:
        """Pairs (weight, constraint), of the layer and of those inside it."""
        return [pair for layer in self.with_inner() for pair in layer.own_constraints]

    @property
    def own_constraints(self) -> list[tuple]:
        """Pairs (weight, constraint) of this layer without those inside it."""
        return self._constrained

    def sublayers(self) -> list:
        """Return the layers held as attributes, alone or in lists and dicts."""
        return list(dict.fromkeys(_layers_in([v for key, v in _attributes(self, _HOLDERS) if key not in _BOOKS])))

    def with_inner(self) -> list:
        """Return the layer and all layers inside it, each once."""
        inner = [part for layer in self.sublayers() for part in layer.with_inner()]
        return list(dict.fromkeys([self, *inner]))

    def _own(self) -> list[tuple[Tensor, bool]]:
        """Return the layer's own weights: those of add_weight, and Tensors that were simply set as attributes."""
        known = {id(w) for w, _ in self._weights}
        tensors = [w for _, w in _attributes(self, _TENSORS)]
        return self._weights + [(w, True) for w in tensors if w.made_by is None and id(w) not in known]

    def _own_and_inner(self, trainable: bool) -> list[Tensor]:
        own = [w for w, learns in self._own() if (learns and self.trainable) == trainable]
        for layer in self.sublayers():
            own += layer._own_and_inner(trainable) if self.trainable else ([] if trainable else layer.weights)
        return list(dict.fromkeys(own))

    @property
    def trainable_weights(self) -> list[Tensor]:
        """The weights that the optimizer changes."""
        return self.learning_among(self.with_inner())

    def learning_among(self, layers: list) -> list[Tensor]:
        """Return the same to one who has found `with_inner()` already."""
        if all([layer.trainable for layer in layers]):  # as nearly always, and at every step
            return list(dict.fromkeys([w for layer in layers for w, learns in layer._own() if learns]))
        return self._own_and_inner(True)

    @property
    def non_trainable_weights(self) -> list[Tensor]:
        """Weights of frozen layers, and running means."""
        return self._own_and_inner(False)

    @property
    def weights(self) -> list[Tensor]:
        """All weights, layer by layer; freezing a layer does not change their order."""
        own = [w for w, _ in sorted(self._own(), key=lambda pair: not pair[1])]  # running means come last
        own += [w for layer in self.sublayers() for w in layer.weights]
        return list(dict.fromkeys(own))

    # as Keras also spells them
    variables = property(lambda self: self.weights)
    trainable_variables = property(lambda self: self.trainable_weights)
    non_trainable_variables = property(lambda self: self.non_trainable_weights)

    def get_weights(self) -> list[np.ndarray]:
        """Return copies of all weights, in the order of `weights`."""
        return [w.data.copy() for w in self.weights]

    def set_weights(self, arrays) -> None:
        """Replace all weights. Raises ValueError, before anything is changed, if a number or shape differs."""
        weights, arrays = self.weights, [as_array(a) for a in arrays]
        if len(arrays) != len(weights):
            hint = "" if self.built else " It has no weights before it is built: give it an input_shape or data first."
            raise ValueError(f"{self.name}: expected {len(weights)} arrays. Received {len(arrays)}.{hint}")
        for i, (w, a) in enumerate(zip(weights, arrays, strict=True)):
            if w.shape != a.shape:
                raise ValueError(f"{self.name}: weight {i} ({w.name}) has shape {w.shape}. Received {a.shape}.")
        with finish_first():
            for w, a in zip(weights, arrays, strict=True):
                w.data[...] = a

    def count_params(self) -> int:
        """Return how many numbers the weights hold."""
        return sum(w.size for w in self.weights)


class _Kinds(dict):
    """Which kinds of attributes are of these: {kind: yes or no}, found out when a kind is first met."""

    def __init__(self, *wanted: type):
        self.wanted = wanted

    def __missing__(self, kind: type) -> bool:
        self[kind] = issubclass(kind, self.wanted)
        return self[kind]


_TENSORS, _HOLDERS = _Kinds(Tensor), _Kinds(Weighted, dict, tuple, list)


def _attributes(layer, kinds: _Kinds):
    """Return (name, value) of the attributes of these kinds.

    All are looked through at every step of a training loop of one's own, so without a loop of Python's.
    """
    held = vars(layer)
    return itertools.compress(held.items(), map(kinds.__getitem__, map(type, held.values())))


_BOOKS = frozenset(("_weights", "_regularized", "_constrained", "_penalties", "_built_for", "_call"))


def _layers_in(structure) -> list:
    """Return the layers in nested lists, tuples and dicts."""
    if isinstance(structure, Weighted):
        return [structure]
    if isinstance(structure, dict):
        structure = structure.values()
    elif not isinstance(structure, (tuple, list)):
        return []
    return [layer for part in structure if _HOLDERS[type(part)] for layer in _layers_in(part)]
