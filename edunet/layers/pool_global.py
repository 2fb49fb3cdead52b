"""Global pooling layers: one answer per channel, whatever the size of the image or the length of the sequence."""

from edunet import ops, tensor
from edunet.layers.geometry import channels_last
from edunet.layers.layer import Layer

__all__ = [
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
]


class _Global(Layer):
    """What they share: whether the axes that are pooled stay, with length 1."""

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(**kwargs)
        self.data_format = channels_last(type(self).__name__, data_format)
        self.keepdims = keepdims

    def _shaped(self, y, axes):
        return tensor.reshape(y, shape=(y.shape[0], *(1,) * axes, y.shape[1])) if self.keepdims else y


class GlobalAveragePooling2D(_Global):
    """Take the mean of each channel: (N,H,W,C) -> (N,C).   Formula: edunet.ops.global_avg_pool2d

    Args: keepdims, True gives (N,1,1,C).
    """

    def call(self, x):
        return self._shaped(ops.global_avg_pool2d(x), 2)


class GlobalMaxPooling2D(_Global):
    """Keep the largest value of each channel: (N,H,W,C) -> (N,C).   Formula: edunet.ops.global_max_pool2d

    Args: keepdims, True gives (N,1,1,C).
    """

    def call(self, x):
        return self._shaped(ops.global_max_pool2d(x), 2)


class _GlobalOverTime(_Global):
    def compute_mask(self, inputs, mask=None):
        return None  # no steps are left


class GlobalAveragePooling1D(_GlobalOverTime):
    """Take the mean of each channel over time: (N,T,C) -> (N,C).   Formula: edunet.ops.global_avg_pool1d

    Steps that a mask hides are not averaged in; a sequence of which none counts gives 0.
    Args: keepdims, True gives (N,1,C).
    """

    def call(self, x, mask=None):
        return self._shaped(ops.global_avg_pool1d(x, mask=mask), 1)


class GlobalMaxPooling1D(_GlobalOverTime):
    """Keep the largest value of each channel over time: (N,T,C) -> (N,C).   Formula: edunet.ops.global_max_pool1d

    Steps that a mask hides take no part (Keras lets them); a sequence of which none counts gives 0.
    Args: keepdims, True gives (N,1,C).
    """

    def call(self, x, mask=None):
        return self._shaped(ops.global_max_pool1d(x, mask=mask), 1)


GlobalAvgPool1D = GlobalAveragePooling1D  # as Keras also spells them
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
