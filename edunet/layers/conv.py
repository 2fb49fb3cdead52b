"""Convolution layers, y = f(W * x + b)."""

from edunet import activations, constraints, initializers, ops, regularizers, tensor
from edunet.layers.dense import whole
from edunet.layers.geometry import along, axes_of, channels_last, word
from edunet.layers.layer import Layer

__all__ = ["Conv1D", "Conv2D", "Windowed"]


class Windowed(Layer):
    """What layers share whose filters slide: size, strides, padding and dilation of the window, an activation, a bias.

    A subclass says with `axes` along how many axes its windows slide.
    """

    axes: int
    paddings: tuple[str, ...] = ("valid", "same")

    def __init__(
        self,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        dilation_rate=1,
        activation=None,
        use_bias=True,
        bias_initializer="zeros",
        bias_regularizer=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        kind = type(self).__name__
        self.kernel_size = along(kind, "kernel_size", kernel_size, self.axes)
        self.strides = along(kind, "strides", strides, self.axes)
        self.padding = word(kind, "padding", padding, self.paddings)
        self.data_format = channels_last(kind, data_format)
        self.dilation_rate = along(kind, "dilation_rate", dilation_rate, self.axes)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.bias_initializer = initializers.get(bias_initializer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.bias_constraint = constraints.get(bias_constraint)

    def keep(self, weight, initializer, regularizer, constraint):
        """Keep how a weight begins and what it may be, as attributes such as kernel_initializer."""
        setattr(self, f"{weight}_initializer", initializers.get(initializer))
        setattr(self, f"{weight}_regularizer", regularizers.get(regularizer))
        setattr(self, f"{weight}_constraint", constraints.get(constraint))

    def weight(self, name, shape, kept=None):
        """Make the weight of that name; `kept` is how `keep` calls it, unless it is the same name."""
        kept = kept or name
        return self.add_weight(
            shape,
            getattr(self, f"{kept}_initializer"),
            name=name,
            regularizer=getattr(self, f"{kept}_regularizer"),
            constraint=getattr(self, f"{kept}_constraint"),
        )

    def add_bias(self, filters):
        """Make the bias, if there is one."""
        self.bias = self.weight("bias", (filters,)) if self.use_bias else None

    @property
    def window(self):
        """How the window moves, as the formulas are told: plain numbers along time, pairs in images."""
        one = self.axes == 1
        return {
            "stride": self.strides[0] if one else self.strides,
            "dilation": self.dilation_rate[0] if one else self.dilation_rate,
            "padding": self.padding,
        }


class _Conv(Windowed):
    """What Conv1D and Conv2D share: filters (size..., C, F)."""

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        dilation_rate=1,
        groups=1,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        window = (kernel_size, strides, padding, data_format, dilation_rate)
        bias = (use_bias, bias_initializer, bias_regularizer, bias_constraint)
        super().__init__(*window, activation, *bias, **kwargs)
        kind = type(self).__name__
        self.filters = whole(kind, "filters", filters)
        self.groups = whole(kind, "groups", groups)
        if self.filters % self.groups:
            raise ValueError(f"{kind}: filters is a multiple of groups. Received: {filters} filters, {groups} groups")
        self.keep("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)

    def build(self, input_shape):
        axes_of(type(self).__name__, input_shape, self.axes)
        channels = input_shape[-1]
        if channels % self.groups:
            raise ValueError(
                f"{type(self).__name__}: the channels are a multiple of groups. Received: {channels} channels, "
                f"{self.groups} groups"
            )
        self.kernel = self.weight("kernel", (*self.kernel_size, channels // self.groups, self.filters))
        self.add_bias(self.filters)

    def convolve(self, formula, x):
        relu = self.activation is ops.relu  # then the formula does it in the same pass
        if self.groups == 1:
            y = formula(x, self.kernel, self.bias, **self.window, relu=relu)
        else:
            y = tensor.concatenate(*[formula(*part, **self.window, relu=relu) for part in self._parts(x)], axis=-1)
        return y if relu else self.activation(y)

    def _parts(self, x):
        """Yield the channels, filters and biases of each group, which sees no channel of another."""
        C, F = x.shape[-1] // self.groups, self.filters // self.groups
        for g in range(self.groups):
            mine = (..., slice(g * F, (g + 1) * F))
            yield (
                tensor.take(x, key=(..., slice(g * C, (g + 1) * C))),
                tensor.take(self.kernel, key=mine),
                None if self.bias is None else tensor.take(self.bias, key=mine),
            )


class Conv2D(_Conv):
    """Slide filters over images: y = f(W * x + b).

    Args: filters F; kernel_size, the filter's (rows, columns) or one number; strides; padding "valid" or "same";
    dilation_rate; groups, each of which sees its own channels only; activation; initializers, regularizers and
    constraints of both weights. Weights: kernel (U,V,C/groups,F), bias (F,).
    Shapes: (N,H,W,C) -> (N,I,J,F).   Formula: edunet.ops.conv2d

    >>> Conv2D(32, (3, 3), activation="relu")(np.zeros((1, 28, 28, 1))).shape
    (1, 26, 26, 32)
    """

    axes = 2

    def call(self, x):
        return self.convolve(ops.conv2d, x)


class Conv1D(_Conv):
    """Slide filters along signals: y = f(W * x + b).

    Args: as Conv2D; padding may also be "causal": then y[t] depends on x[0] ... x[t] only.
    A mask is honoured with strides=1 and padding "same" or "causal": masked steps are zeros, as those around the
    signal are, and the mask travels on. Otherwise the steps of y are others than those of x, and it raises ValueError.
    Weights: kernel (V,C/groups,F), bias (F,). Shapes: (N,T,C) -> (N,T',F).   Formula: edunet.ops.conv1d
    """

    axes = 1
    paddings = ("valid", "same", "causal")

    def call(self, x, mask=None):
        if mask is not None:
            if self.strides != (1,) or self.padding == "valid":
                raise ValueError(
                    "Conv1D can honour the mask of its input only if each step of the output is one of the input: "
                    'strides=1 and padding="same" or "causal". '
                    f"Received: strides={self.strides[0]}, padding={self.padding!r}"
                )
            x = tensor.multiply(x, mask[..., None].astype(self.dtype))
        return self.convolve(ops.conv1d, x)
