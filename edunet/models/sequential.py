"""Sequential: one layer after the other."""

from edunet.layers.input import Input, InputLayer
from edunet.layers.layer import Layer
from edunet.layers.symbol import Symbol
from edunet.models.model import Model

__all__ = ["Sequential"]


class Sequential(Model):
    """A stack of layers, each fed by the one before.

    Args: layers, a list; more come with `add`. The shape of the data comes from `input_shape=` of the first layer,
    from `Input(shape)` as the first entry, or from the first data.

    >>> from edunet import layers
    >>> model = Sequential([layers.Dense(16, activation="relu", input_shape=(30,)), layers.Dense(1)])
    >>> model.count_params()
    513
    """

    def __init__(self, layers=None, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self._stack: list[Layer] = []
        if isinstance(layers, Layer):
            raise TypeError(f"Sequential takes a list of layers: Sequential([{type(layers).__name__}(...)]).")
        for layer in layers or []:
            self.add(layer)

    @property
    def layers(self):
        return list(self._stack)

    def sublayers(self):
        return self.layers

    def add(self, layer) -> None:
        """Put a layer on top."""
        if isinstance(layer, InputLayer):
            layer = layer.output
        if isinstance(layer, Symbol):
            if self._stack:
                raise ValueError(f"{self.name}: Input comes first, before any layer.")
            self._connect(layer, layer)
            return
        if not isinstance(layer, Layer):
            hint = f" Did you mean {layer.__name__}(...)?" if isinstance(layer, type) else ""
            raise TypeError(f"{self.name}: add expects a layer. Received: {layer!r}.{hint}")
        if not self._stack and self._outputs_drawn is None:
            self._begin_as(layer)
        if self._outputs_drawn is not None:
            self._connect(self._inputs_drawn, layer(self._outputs_drawn))
        self._stack.append(layer)
        self._forget_plan()

    def _begin_as(self, layer) -> None:
        """Draw the input that the first layer asks for, by its input_shape, or because it is a drawn model itself."""
        if isinstance(layer, Model):
            if len(layer.inputs) == 1:
                start = Input(layer.inputs[0].shape[1:], layer.inputs[0].dtype)
                self._connect(start, start)
        elif layer.input_shape is not None:
            start = Input(layer.input_shape, "int32" if type(layer).__name__ == "Embedding" else None)
            self._connect(start, start)

    def pop(self) -> Layer:
        """Take the top layer off and return it."""
        if not self._stack:
            raise ValueError(f"{self.name} has no layers to take off.")
        layer = self._stack.pop()
        if self._outputs_drawn is not None:
            self._connect(self._inputs_drawn, self._nodes[-1].args[0])
        self._forget_plan()
        return layer

    def _forget_plan(self):
        if self.optimizer is not None:  # compiled before: losses and metrics must fit the new output
            self.objective = None

    def build(self, input_shape) -> None:
        """Make all weights for data of that shape, batch axis first: build((None, 28, 28, 1))."""
        if self._outputs_drawn is None:
            if not self._stack:
                raise ValueError(f"{self.name} has no layers yet: add some first.")
            x = start = Input(tuple(input_shape)[1:])
            for layer in self._stack:
                x = layer(x)
            self._connect(start, x)

    def _learn_names(self, x):
        pass  # its one input is taken as it comes

    def fit_to_inputs(self, xs):
        if self._outputs_drawn is None:
            self.build(xs[0].shape)
