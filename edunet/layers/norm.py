"""Normalisation layers: bring activations to mean 0 and variance 1, then let the network choose scale and shift."""

import numbers

import numpy as np

from edunet import constraints, initializers, ops, regularizers, tensor
from edunet.layers.layer import Layer

__all__ = ["BatchNormalization", "GroupNormalization", "LayerNormalization"]


class _Normalization(Layer):
    """What they share: the axis of the channels, ε, and the weights γ (scale) and β (center)."""

    supports_masking = True

    def __init__(
        self,
        axis=-1,
        epsilon=1e-3,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.axis = axis[0] if isinstance(axis, (tuple, list)) and len(axis) == 1 else axis
        if isinstance(self.axis, bool) or not isinstance(self.axis, int):
            raise ValueError(f"{type(self).__name__}: axis is one whole number, -1 for the last. Received: {axis!r}")
        if isinstance(epsilon, bool) or not isinstance(epsilon, numbers.Real) or not float(epsilon) > 0:
            raise ValueError(
                f"{type(self).__name__}: epsilon keeps the division away from 0 and must be > 0. Received: {epsilon!r}"
            )
        self.epsilon, self.center, self.scale = epsilon, center, scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def build(self, input_shape):
        if not (-len(input_shape) <= self.axis < len(input_shape)) or self.axis in (0, -len(input_shape)):
            raise ValueError(
                f"{type(self).__name__}: axis is one of the input's, but not the batch: -1 for the channels. "
                f"Received axis {self.axis}, input shape {input_shape}"
            )
        channels = input_shape[self.axis]
        if channels is None:
            raise ValueError(
                f"{type(self).__name__}: the axis of the channels needs a fixed length. "
                f"Received axis {self.axis}, input shape {input_shape}"
            )
        self.gamma = self._channel_weight("gamma", channels) if self.scale else None
        self.beta = self._channel_weight("beta", channels) if self.center else None

    def _channel_weight(self, name, channels):
        return self.add_weight(
            (channels,),
            getattr(self, f"{name}_initializer"),
            name=name,
            regularizer=getattr(self, f"{name}_regularizer"),
            constraint=getattr(self, f"{name}_constraint"),
        )

    def scale_and_shift(self, channels):
        """Return γ and β; where one of them is left out, what changes nothing."""
        gamma = np.ones(channels, self.dtype) if self.gamma is None else self.gamma
        beta = np.zeros(channels, self.dtype) if self.beta is None else self.beta
        return gamma, beta

    def with_channels_last(self, x, formula):
        """Compute a formula of (x, gamma, beta) with the channels of x on its last axis; the rest comes back as is."""
        axes = [i for i in range(x.ndim) if i != self.axis % x.ndim] + [self.axis % x.ndim]
        turned = axes != sorted(axes)
        x = tensor.transpose(x, axes=tuple(axes)) if turned else x
        y = formula(x, *self.scale_and_shift(x.shape[-1]))
        y, *rest = y if isinstance(y, tuple) else (y,)
        y = tensor.transpose(y, axes=tuple(int(i) for i in np.argsort(axes))) if turned else y
        return (y, *rest) if rest else y


class BatchNormalization(_Normalization):
    """Normalise each channel, by the batch while learning, by the running mean afterwards.

        learning     y = γ(x − μ)/√(σ² + ε) + β            μ, σ² of the batch, over all axes but the channels'
                     moving ← momentum·moving + (1 − momentum)·(μ or σ²)
        afterwards   the same with the moving values
    Steps that a mask hides do not count in μ and σ².
    Args: axis of the channels; momentum; epsilon; center and scale, False leaves out β or γ; initializers of all
    weights, regularizers and constraints of γ and β.
    Weights: gamma, beta (C,); moving_mean, moving_variance (C,), which are not trained.
    Source: Ioffe & Szegedy, Batch normalization (2015).   Formula: edunet.ops.batch_norm
    """

    def __init__(
        self,
        axis=-1,
        momentum=0.99,
        epsilon=1e-3,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        moving_mean_initializer="zeros",
        moving_variance_initializer="ones",
        **kwargs,
    ):
        super().__init__(axis, epsilon, center, scale, beta_initializer, gamma_initializer, **kwargs)
        if isinstance(momentum, bool) or not isinstance(momentum, numbers.Real) or not 0 <= float(momentum) <= 1:
            raise ValueError(f"BatchNormalization: momentum is a share from 0 to 1. Received: {momentum!r}")
        self.momentum = momentum
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)

    def build(self, input_shape):
        super().build(input_shape)
        C = (input_shape[self.axis],)
        self.moving_mean = self.add_weight(C, self.moving_mean_initializer, trainable=False, name="moving_mean")
        self.moving_variance = self.add_weight(
            C, self.moving_variance_initializer, trainable=False, name="moving_variance"
        )

    def call(self, x, training=False, mask=None):
        if not (training and self.trainable):
            known = {"mean": self.moving_mean.data, "variance": self.moving_variance.data, "epsilon": self.epsilon}
            return self.with_channels_last(x, lambda *given: ops.batch_norm_inference(*given, **known))
        if mask is not None and self.axis % x.ndim != x.ndim - 1:
            raise ValueError(
                f"BatchNormalization honours a mask with the channels on the last axis only. Received axis {self.axis}"
            )
        y, mean, variance = self.with_channels_last(
            x, lambda *given: ops.batch_norm(*given, epsilon=self.epsilon, mask=mask)
        )
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.data += (1 - self.momentum) * (tensor.as_array(now) - moving.data)
        return y


class LayerNormalization(_Normalization):
    """Normalise each example (each place) over its features: y = γ(x − μ)/√(σ² + ε) + β.

    Args: axis of the features; epsilon; center and scale, False leaves out β or γ; initializers, regularizers and
    constraints of both. Weights: gamma, beta (D,). Shapes: (N,...,D) -> the same.
    Source: Ba, Kiros & Hinton, Layer normalization (2016).   Formula: edunet.ops.layer_norm
    """

    def __init__(self, axis=-1, epsilon=1e-3, **kwargs):
        super().__init__(axis, epsilon, **kwargs)
        self.supports_masking = self.axis == -1  # along another axis steps would be mixed

    def call(self, x):
        return self.with_channels_last(x, lambda *given: ops.layer_norm(*given, epsilon=self.epsilon))


class GroupNormalization(_Normalization):
    """Normalise each example over groups of its channels: y = γ(x − μ)/√(σ² + ε) + β. The batch plays no part.

    Args: groups, a divisor of the channels, −1 for as many as channels (instance normalisation); the others as
    LayerNormalization. Weights: gamma, beta (C,). Shapes: (N,...,C) -> the same. A mask is refused: the padded steps
    of a group would count in its mean.
    Source: Wu & He, Group normalization (2018).   Formula: edunet.ops.group_norm

    >>> GroupNormalization(groups=4)(np.zeros((2, 7, 7, 12))).shape
    (2, 7, 7, 12)
    """

    supports_masking = False

    def __init__(self, groups=32, axis=-1, epsilon=1e-3, **kwargs):
        super().__init__(axis, epsilon, **kwargs)
        if isinstance(groups, bool) or not isinstance(groups, int) or (groups < 1 and groups != -1):
            raise ValueError(f"GroupNormalization: groups is a whole number >= 1, or -1. Received: {groups!r}")
        self.groups = groups

    def build(self, input_shape):
        super().build(input_shape)
        C = input_shape[self.axis]
        if self.groups != -1 and C % self.groups:
            raise ValueError(
                f"GroupNormalization: the {C} channels are no multiple of the {self.groups} groups. "
                f"Give groups= a divisor of {C}. Received input shape {input_shape}"
            )

    def call(self, x):
        groups = x.shape[self.axis] if self.groups == -1 else self.groups
        return self.with_channels_last(x, lambda *given: ops.group_norm(*given, groups=groups, epsilon=self.epsilon))
