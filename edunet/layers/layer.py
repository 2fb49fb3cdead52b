"""Layer: weights, hyper-parameters and a name around a formula; no mathematics of its own.

A learner's own layer defines `call(x)` and, if it has weights, `build(input_shape)`. Gradients come from the tape,
output shapes from trying the layer on one blank example, masks are asked for by `call(x, mask=None)`.

>>> class Scale(Layer):
...     def build(self, input_shape):
...         self.factor = self.add_weight((input_shape[-1],), initializer="ones")
...     def call(self, x):
...         return x * self.factor
>>> Scale()(np.array([[1.0, 2.0]])).numpy()
array([[1., 2.]], dtype=float32)
"""

from typing import Any, ClassVar

import numpy as np

from edunet import regularizers
from edunet.backend import floatx
from edunet.layers.arguments import arguments, default, options
from edunet.layers.building import noted
from edunet.layers.cut import is_remembered, refuse_a_cut
from edunet.layers.mask import carry, hand_over, mask_of, refuse_a_mixer
from edunet.layers.naming import fresh_name
from edunet.layers.phase import phase, trial
from edunet.layers.symbol import DrawnEnd, Node, Symbol, in_list, replace, symbols_in
from edunet.layers.weighted import Weighted
from edunet.layers.wording import as_words, from_words, is_ours
from edunet.names import refuse_unknown
from edunet.tensor import Tensor, no_gradients, reshape

__all__ = ["Layer"]


TRIAL_LENGTHS = ((64, 97), (7, 11), (3, 5), (1, 2))  # of open axes while a model is drawn


class Layer(Weighted):
    """The base of all layers.

    Args: name, shown in `summary()`; trainable, False freezes the weights; dtype, the precision of the weights
    (`floatx()` unless given); input_shape, for the first layer of a Sequential, without the batch axis, which
    batch_shape and batch_input_shape have; activity_regularizer, a penalty on what the layer gives while learning, the
    mean over the examples.
    """

    input_shape: tuple | None = None
    supports_masking = False  # True: every step is treated by itself, a mask travels on
    makes_mask = False  # True: its output has a mask although no mask came in
    _uses: Any = ()  # the Nodes in which it was drawn, held weakly
    _gradient_seen = False  # True: it was found where gradients end in this layer
    _takes: ClassVar[list[str]] = ["x"]  # the arguments of the `call` of its kind
    _tells_mask = False  # True: its kind has a compute_mask of its own
    built = False

    def __init__(
        self,
        *,
        name=None,
        trainable=True,
        dtype=None,
        input_shape=None,
        input_dim=None,
        batch_input_shape=None,
        batch_shape=None,
        activity_regularizer=None,
        **unknown,
    ):
        refuse_unknown(type(self).__name__, unknown, options(type(self)))
        self.name = name or fresh_name(type(self).__name__)
        self.trainable = trainable
        self.dtype = np.dtype(dtype or floatx())
        self.built = False
        self._built_for: tuple | None = None  # (shape of the input, shapes of further arguments), once there was one
        shape = input_dim if input_dim is not None else input_shape
        if (batch_input_shape or batch_shape) is not None:  # the batch may have any size
            shape = tuple(batch_input_shape or batch_shape)[1:]
        if shape is not None:
            self.input_shape = (shape,) if isinstance(shape, int) else tuple(shape)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._weights, self._regularized, self._constrained, self._penalties = [], [], [], []

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "build" in vars(cls):
            cls.build = noted(cls.build)  # type: ignore[method-assign]
        if "_takes" not in vars(next(kind for kind in cls.__mro__ if "call" in vars(kind))):  # its own, or a mixin's
            cls._takes = arguments(cls, "call")
        cls._tells_mask = cls.compute_mask is not Layer.compute_mask

    # of a drawn layer; Model(model.inputs, model.get_layer("conv2d").output) is the model up to there
    input = DrawnEnd("inputs")
    output = DrawnEnd("outputs")

    # ---- what a layer defines

    def build(self, input_shape) -> None:
        """Make the weights, now that the shape of the input is known. Called once, before the first `call`."""

    def call(self, x):
        """Compute the output with Tensors and `edunet.ops`. May take `training` and `mask` as keywords.

        `training` is what `fit` (True), `evaluate` and `predict` (False) or the caller say; else its own default.
        """
        raise NotImplementedError(f"{type(self).__name__} must define call(x)")

    def compute_mask(self, inputs, mask=None):
        """Return the mask (N,T) of the output, or None; unless a layer says otherwise that of its input."""
        return mask

    def kept_arguments(self) -> dict:
        """Return the arguments that make this layer again, as it keeps them: functions and objects."""
        own = options(type(self), below=Layer)  # the input_dim of an Embedding, not that of the base
        if self.activity_regularizer is not None:
            own.append("activity_regularizer")
        kept = {key: getattr(self, key) for key in ["name", "trainable", *own] if hasattr(self, key)}
        return kept | {"dtype": self.dtype.name}

    def get_config(self) -> dict:
        """Return the arguments that make this layer again, without its weights.

        Those of the library's layers are numbers, names and dicts, as JSON has them; the learner's own stay as kept.
        """
        ours = next(kind for kind in type(self).__mro__ if is_ours(kind))
        known = [*options(ours, below=Layer), "activity_regularizer"]
        return {key: as_words(value) if key in known else value for key, value in self.kept_arguments().items()}

    @classmethod
    def from_config(cls, config: dict):
        """Return a new layer from what `get_config` of a layer of this class returned."""
        given = {k: v for k, v in config.items() if k not in ("name", "trainable", "dtype") or k in options(cls)}
        layer = cls(**{key: from_words(value) for key, value in given.items()})
        layer.name, layer.trainable = config.get("name", layer.name), config.get("trainable", layer.trainable)
        return layer

    # ---- being called

    def __call__(self, *args, training=None, **kwargs):
        if not self.built and not hasattr(self, "_weights"):
            raise TypeError(f"{type(self).__name__}.__init__ must begin with super().__init__(**kwargs)")
        takes, mask = self._takes, None
        if len(args) == 1 and not kwargs and isinstance(args[0], Tensor):  # nearly always
            may_be_masked = args[0].mask is not None
        elif len(args) == 1 and not kwargs and isinstance(args[0], np.ndarray):
            args, may_be_masked = (self._cast(args[0]),), False
        elif symbols_in((args, kwargs)):
            return self._draw(args, kwargs)
        else:
            args = tuple(np.asarray(x) if _is_rows(x) else x for x in args)
            args, kwargs = replace((args, kwargs), self._cast)
            may_be_masked = True
        if not self.built:
            self.ensure_built(args, kwargs)
        if may_be_masked:
            mask = hand_over(self, takes, args, kwargs)
        before = phase.training
        said = before if training is None else bool(training)  # for this layer and all layers inside it
        if "training" in takes:
            if said is None:
                said = default(type(self), "call", "training")
            kwargs["training"] = said
        outermost = phase.call is None
        if outermost:  # what it left of earlier calls is forgotten
            self._call = phase.call = object()
            self._penalties = []
        if said is not before:
            phase.training = said
        try:
            y = self.call(*args, **kwargs)
            if y is None:
                raise TypeError(f"{type(self).__name__}.call returned None: its last line should be `return ...`.")
            if said and not is_remembered(y) and not self._gradient_seen:
                refuse_a_cut(self, y, args, kwargs)
            if mask is not None or self.makes_mask or self._tells_mask:
                y = self.carry_mask(y, args, mask)
            if self.activity_regularizer is not None:
                self._penalize(y)
            return y
        except (ValueError, TypeError) as error:
            _say_where(error, self, args)
            raise
        finally:
            if said is not before:
                phase.training = before
            if outermost:
                phase.call = None

    def _penalize(self, y) -> None:
        """Keep the penalties on what the layer gave; those of one call from outside, however often it is used there."""
        for part in in_list(y):
            if is_remembered(part):
                self._keep_penalty(_penalty(self.activity_regularizer, part))

    def carry_mask(self, y, args, mask):
        """Return the output with the mask that `compute_mask` gives it."""
        told = self.compute_mask(args[0] if args else None, mask)
        if told is None and isinstance(y, Tensor) and y.mask is not None and self._tells_mask:
            return reshape(y, shape=y.shape)  # without its mask, and the input, if y is the input, keeps its own
        return carry(y, told)

    def ensure_built(self, args, kwargs) -> None:
        """Build the layer for the shape of its first argument, unless that has been done.

        A `build` with further arguments, such as value_shape, gets the shapes of what `call` names value.
        """
        if self.built:
            return
        names = arguments(type(self), "call")
        given = dict(zip(names, args, strict=False)) | kwargs
        first = args[0] if args else given.get(names[0]) if names else None
        further = [key for key in given if f"{key}_shape" in arguments(type(self), "build")[1:]]
        try:
            self.build_for(_shape(first), {f"{key}_shape": _shape(given[key]) for key in further})
        except (ValueError, TypeError) as error:
            _say_where(error, self, args)
            raise

    def build_for(self, shape, further: dict) -> None:
        """Build the layer for these shapes, and remember them: a loaded layer is built for the same."""
        try:
            self.with_inner()
        except RecursionError:
            raise ValueError(
                f"{self.name} holds itself, or a layer inside it holds it: nobody could count its weights. Keep what "
                "stands around a layer in a place that is no attribute, such as a function."
            ) from None
        self.build(shape, **further)
        self._built_for, self.built = (shape, further), True

    def _cast(self, x):
        """Bring arrays of other precision to the layer's; whole numbers (labels, words) and Tensors stay."""
        if isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.dtype != self.dtype:
            return x.astype(self.dtype)
        return x

    def _draw(self, args, kwargs):
        """Record the call in the model that is being drawn and return Symbols of the output."""
        node = Node(self, args, kwargs)
        if not self.built:
            self.ensure_built(args, kwargs)
        first, second = self._try_twice(node)
        own = not type(self).__module__.startswith("edunet.")
        if own and self.supports_masking and node.only is not None and node.only.masked:
            refuse_a_mixer(self, node.only)
        pairs = zip(in_list(first), in_list(first if second is None else second), strict=True)
        node.outputs = tuple(
            Symbol(
                (None, *(n if n == m else None for n, m in zip(a.shape[1:], b.shape[1:], strict=True))),
                a.dtype,
                node,
                i,
                mask_of(a) is not None,
            )
            for i, (a, b) in enumerate(pairs)
        )
        if isinstance(first, dict):
            return dict(zip(first, node.outputs, strict=True))
        return node.outputs if isinstance(first, (tuple, list)) else node.outputs[0]

    def _try_twice(self, node) -> tuple:
        """Run the layer on blank examples of two lengths; axes that differ between the two have no fixed length.

        They are long, for filters and strides; if the layer refuses them, because it knows no more than 20 places,
        shorter ones are tried. Without open axes one example is enough: the second answer is None.
        """
        if not any(None in s.shape[1:] for s in node.inputs):
            return self._try_on(node, 0), None
        errors = []
        for one, other in TRIAL_LENGTHS:
            try:
                return self._try_on(node, one), self._try_on(node, other)
            except Exception as error:  # a layer of the learner's own may raise anything
                errors.append(error)
        raise errors[0]

    def _try_on(self, node, length: int):
        """Run the layer on one blank example; open axes get that length."""

        def blank(x):
            if not isinstance(x, Symbol):
                return x
            zeros = np.zeros([1, *(length if n is None else n for n in x.shape[1:])], x.dtype)
            return carry(zeros, np.ones(zeros.shape[:2], bool)) if x.masked else zeros

        args, kwargs = replace((node.args, node.kwargs), blank)
        counted = [w for layer in self.with_inner() for w, learns in layer._weights if not learns]
        kept = [w.data.copy() for w in counted]  # a layer of the learner's own may change them in its call
        try:
            with trial(), no_gradients(), np.errstate(all="ignore"):
                return self(*args, **{k: v for k, v in kwargs.items() if k != "training"}, training=False)
        finally:
            for w, data in zip(counted, kept, strict=True):
                w.data[...] = data

    def __getstate__(self):
        return {key: value for key, value in vars(self).items() if key != "_uses"}

    def __repr__(self):
        return f"<{type(self).__name__} {self.name}>"


def _penalty(penalize, y) -> Tensor:
    """Return the penalty on what a layer gave, steps that a mask hides left out.

    It is the mean over the examples, as in Keras: a larger batch is not punished harder.
    """
    if y.mask is not None and y.shape[:2] == y.mask.shape:
        y = y * np.asarray(y.mask, y.dtype).reshape(y.mask.shape + (1,) * (y.ndim - 2))
    return penalize(y) * (1 / max(len(y), 1))


def _is_rows(x) -> bool:
    """Tell whether x is numbers typed as lists, [[1, 2], [3, 4]], not a list of arrays."""
    return isinstance(x, list) and bool(x) and all(isinstance(v, (int, float)) or _is_rows(v) for v in x)


def _shape(structure):
    """Return the shape of an array, or of each array in nested tuples and lists."""
    return replace(structure, lambda x: tuple(x.shape) if hasattr(x, "shape") else np.shape(x))


def _say_where(error, layer, args) -> None:
    """Add the innermost layer's name to an error that its formula raised."""
    if not getattr(error, "__notes__", None):
        shapes = [tuple(getattr(x, "shape", ())) for x in args]
        error.add_note(
            f"in layer {layer.name!r} ({type(layer).__name__}), which received shape {', '.join(map(str, shapes))}"
        )
