"""The layers whose export is tested, each as what makes a new one."""

import pytest

from edunet import layers

__all__ = ["IMAGE_LAYERS", "RECURRENT", "STEP_LAYERS"]


def of(name, *args, **kwargs):
    """Return what makes a layer, so that each test has a new one."""
    return pytest.param(lambda: getattr(layers, name)(*args, **kwargs), id=f"{name}{args or ''}{kwargs or ''}")


IMAGE_LAYERS = [
    *(
        of(kind, *filters, (3, 2), strides=s, dilation_rate=d, padding=padding, activation="relu")
        for kind, filters in (("Conv2D", (5,)), ("DepthwiseConv2D", ()))
        for padding in ("valid", "same")
        for s, d in ((1, 1), (2, 1), (3, 1), (1, 2))
    ),
    *(of("Conv2DTranspose", 5, (3, 2), strides=s, padding=padding) for s in (1, 2, 4) for padding in ("valid", "same")),
    of("Conv2DTranspose", 5, 3, strides=3, padding="same", output_padding=1),
    of("Conv2DTranspose", 5, 3, dilation_rate=2),
    of("SeparableConv2D", 5, (3, 2), padding="same"),
    *(of(kind, (3, 2), 2, padding) for kind in ("MaxPooling2D", "AveragePooling2D") for padding in ("valid", "same")),
    of("GlobalAveragePooling2D"),
    of("GlobalMaxPooling2D"),
    of("UpSampling2D", (2, 3)),
    of("UpSampling2D", 2, interpolation="bilinear"),
    of("ZeroPadding2D", ((1, 2), (0, 3))),
    of("Cropping2D", ((1, 2), (0, 3))),
    of("CenterCrop", 4, 5),
    of("RandomCrop", 4, 5),
    of("GroupNormalization", 2),
    of("GroupNormalization", 3, axis=1, scale=False),
    of("BatchNormalization"),
    of("LayerNormalization"),
    of("Flatten"),
    of("Permute", (3, 1, 2)),
    of("Reshape", (8, -1)),
    of("Rescaling", 1 / 255, -0.5),
    of("Normalization"),
    of("Normalization", invert=True),
    of("Dropout", 0.5),
    of("SpatialDropout2D", 0.5),
    of("GaussianNoise", 0.5),
]

STEP_LAYERS = [
    *(of("Conv1D", 5, 3, dilation_rate=2, padding=padding) for padding in ("valid", "same", "causal")),
    of("Conv1D", 5, 3, strides=2, padding="same", activation="softmax"),
    of("Conv1DTranspose", 5, 3, strides=2),
    *(of(kind, 3, 2, padding) for kind in ("MaxPooling1D", "AveragePooling1D") for padding in ("valid", "same")),
    of("GlobalAveragePooling1D"),
    of("GlobalMaxPooling1D"),
    of("UpSampling1D", 3),
    of("ZeroPadding1D", (1, 2)),
    of("Cropping1D", (1, 2)),
    of("Dense", 5, activation="tanh", use_bias=False),
    of("Dense", 5, activation="softmax"),
    of("BatchNormalization"),
    of("SinePositionEncoding"),
    of("PositionEmbedding", 9),
    of("TransformerEncoder", 6, 2),
    of("TransformerEncoder", 6, 2, normalize_first=True, use_causal_mask=True),
]

RECURRENT = [
    of("SimpleRNN", 5),
    of("SimpleRNN", 5, activation="relu", return_sequences=True),
    of("GRU", 5),
    of("GRU", 5, return_sequences=True, reset_after=False),
    of("GRU", 5, use_bias=False),
    of("LSTM", 5),
    of("LSTM", 5, return_sequences=True),
]
