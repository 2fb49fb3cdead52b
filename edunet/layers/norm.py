"""Normalisation layers: bring activations to mean 0 and variance 1, then let the network choose scale and shift."""

from edunet import ops
from edunet.layers.layer import Layer
from edunet.tensor import as_array

__all__ = ["BatchNormalization", "LayerNormalization"]


class BatchNormalization(Layer):
    """Normalise each channel, by the batch while learning, by the running mean afterwards.

        learning     y = γ(x − μ)/√(σ² + ε) + β            μ, σ² of the batch, over all axes but the last
                     moving ← momentum·moving + (1 − momentum)·(μ or σ²)
        afterwards   the same with the moving values
    Weights: gamma, beta (C,); moving_mean, moving_variance (C,), which are not trained.
    Source: Ioffe & Szegedy, Batch normalization (2015).   Formula: edunet.ops.batch_norm
    """

    def __init__(self, momentum=0.99, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.momentum, self.epsilon = momentum, epsilon

    def build(self, input_shape):
        channels = (input_shape[-1],)
        self.gamma = self.add_weight(channels, "ones", name="gamma")
        self.beta = self.add_weight(channels, "zeros", name="beta")
        self.moving_mean = self.add_weight(channels, "zeros", trainable=False, name="moving_mean")
        self.moving_variance = self.add_weight(channels, "ones", trainable=False, name="moving_variance")

    def call(self, x, training=False):
        if not (training and self.trainable):
            mean, variance = self.moving_mean.data, self.moving_variance.data
            return ops.batch_norm_inference(
                x, self.gamma, self.beta, mean=mean, variance=variance, epsilon=self.epsilon
            )
        y, mean, variance = ops.batch_norm(x, self.gamma, self.beta, epsilon=self.epsilon)
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.data += (1 - self.momentum) * (as_array(now) - moving.data)
        return y


class LayerNormalization(Layer):
    """Normalise each example (each place) over its features: y = γ(x − μ)/√(σ² + ε) + β.

    Weights: gamma, beta (D,). Shapes: (N,...,D) -> the same.
    Source: Ba, Kiros & Hinton, Layer normalization (2016).   Formula: edunet.ops.layer_norm
    """

    supports_masking = True

    def __init__(self, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def build(self, input_shape):
        self.gamma = self.add_weight((input_shape[-1],), "ones", name="gamma")
        self.beta = self.add_weight((input_shape[-1],), "zeros", name="beta")

    def call(self, x):
        return ops.layer_norm(x, self.gamma, self.beta, epsilon=self.epsilon)
