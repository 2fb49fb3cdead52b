"""Twelve kinds of models as Keras's tutorials write them, and what each learns; for tests with and without Keras.

A model is a function of Keras's or our `layers` and `models`: one spelling makes both, which is the claim under test.
Dropout and augmentation do nothing here: their random numbers differ between the libraries.
"""

import numpy as np

STEPS, BATCH = 20, 8
rng = np.random.default_rng(0)


def normal(*shape):
    return rng.normal(size=shape).astype(np.float32)


def classes(k, *shape):
    return rng.integers(0, k, (STEPS * BATCH, *shape))


# ---------------------------------------------------------------- the models, layers L and models M of either library


def mlp(L, M):
    return M.Sequential(
        [
            L.Input((12,)),
            L.Dense(32, activation="relu", kernel_regularizer="l2"),
            L.BatchNormalization(),
            L.Dropout(0.0),
            L.Dense(16, activation="relu"),
            L.Dense(1, activation="sigmoid"),
        ]
    )


def cnn(L, M):
    return M.Sequential(
        [
            L.Input((14, 14, 1)),
            L.Conv2D(8, (3, 3), activation="relu"),
            L.MaxPooling2D((2, 2)),
            L.Conv2D(16, (3, 3), activation="relu"),
            L.Flatten(),
            L.Dense(16, activation="relu"),
            L.Dense(4, activation="softmax"),
        ]
    )


def cnn_with_augmentation(L, M):
    """Chollet's small network; the augmentation does nothing here (factor 0), as its random numbers differ."""
    x = inputs = L.Input((16, 16, 3))
    x = L.RandomRotation(0.0)(L.RandomZoom(0.0)(x))
    x = L.Rescaling(1.0 / 255)(x)
    x = L.Conv2D(8, 5, use_bias=False)(x)
    for filters in (8, 16):
        residual = x
        x = L.Activation("relu")(L.BatchNormalization()(x))
        x = L.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
        x = L.Activation("relu")(L.BatchNormalization()(x))
        x = L.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
        x = L.MaxPooling2D(3, strides=2, padding="same")(x)
        residual = L.Conv2D(filters, 1, strides=2, padding="same", use_bias=False)(residual)
        x = L.add([x, residual])
    x = L.Dropout(0.0)(L.GlobalAveragePooling2D()(x))
    return M.Model(inputs, L.Dense(1, activation="sigmoid")(x))


def autoencoder(L, M):
    x = inputs = L.Input((16, 16, 1))
    x = L.Conv2D(8, 3, activation="relu", padding="same")(x)
    x = L.MaxPooling2D(2, padding="same")(x)
    x = L.Conv2D(8, 3, activation="relu", padding="same")(x)
    x = L.MaxPooling2D(2, padding="same")(x)
    x = L.Conv2DTranspose(8, 3, strides=2, activation="relu", padding="same")(x)
    x = L.Conv2DTranspose(8, 3, strides=2, activation="relu", padding="same")(x)
    return M.Model(inputs, L.Conv2D(1, 3, activation="sigmoid", padding="same")(x))


def u_net(L, M):
    x = inputs = L.Input((16, 16, 1))
    skips = []
    for filters in (4, 8):
        x = L.Conv2D(filters, 3, activation="relu", padding="same")(x)
        skips.append(x)
        x = L.MaxPooling2D(2)(x)
    x = L.Conv2D(16, 3, activation="relu", padding="same")(x)
    for filters, skip in zip((8, 4), reversed(skips), strict=True):
        x = L.UpSampling2D(2)(x)
        x = L.concatenate([L.Conv2D(filters, 2, padding="same")(x), skip])
        x = L.Conv2D(filters, 3, activation="relu", padding="same")(x)
    return M.Model(inputs, L.Conv2D(3, 1, activation="softmax")(x))


def res_net(L, M):
    x = inputs = L.Input((12, 12, 3))
    for filters, strides in ((8, 1), (16, 2)):
        y = L.Conv2D(filters, 3, strides=strides, padding="same")(x)
        y = L.ReLU()(L.BatchNormalization()(y))
        y = L.BatchNormalization()(L.Conv2D(filters, 3, padding="same")(y))
        x = L.ReLU()(L.Add()([y, L.Conv2D(filters, 1, strides=strides)(x)]))
    return M.Model(inputs, L.Dense(5)(L.GlobalAveragePooling2D()(x)))


def lstm_classifier(L, M):
    return M.Sequential(
        [
            L.Input((None,), dtype="int32"),
            L.Embedding(20, 8, mask_zero=True),
            L.LSTM(12),
            L.Dense(1, activation="sigmoid"),
        ]
    )


def gru_classifier(L, M):
    x = inputs = L.Input((9, 5))
    x = L.Masking()(x)
    x = L.GRU(8, return_sequences=True)(x)
    x = L.GRU(8)(x)
    return M.Model(inputs, L.Dense(3, activation="softmax")(x))


def tagger(L, M):
    x = inputs = L.Input((None,), dtype="int32")
    x = L.Embedding(20, 8, mask_zero=True)(x)
    x = L.Bidirectional(L.LSTM(6, return_sequences=True))(x)
    return M.Model(inputs, L.TimeDistributed(L.Dense(4, activation="softmax"))(x))


def sequence_to_sequence(L, M):
    """The encoder's state starts the decoder, which is fed with the right answer so far."""
    source, target = L.Input((None, 6)), L.Input((None, 5))
    _, h, c = L.LSTM(8, return_state=True)(source)
    y, _, _ = L.LSTM(8, return_sequences=True, return_state=True)(target, initial_state=[h, c])
    return M.Model([source, target], L.Dense(5, activation="softmax")(y))


def transformer_block(L, x, causal=False, mask=None):
    width = x.shape[-1]
    attended = L.MultiHeadAttention(2, width // 2)(x, x, use_causal_mask=causal)
    x = L.LayerNormalization(epsilon=1e-6)(L.Add()([x, attended]))
    y = L.Dense(width)(L.Dense(2 * width, activation="relu")(x))
    return L.LayerNormalization(epsilon=1e-6)(L.Add()([x, y]))


def transformer_encoder(L, M):
    x = inputs = L.Input((9,), dtype="int32")
    x = L.Embedding(20, 8)(x)
    x = L.GlobalAveragePooling1D()(transformer_block(L, x))
    return M.Model(inputs, L.Dense(2, activation="softmax")(x))


def causal_transformer(L, M):
    x = inputs = L.Input((9,), dtype="int32")
    x = transformer_block(L, L.Embedding(20, 8)(x), causal=True)
    return M.Model(inputs, L.Dense(20)(x))


def several_inputs_and_outputs(L, M):
    table, signal = L.Input((6,), name="table"), L.Input((10, 2), name="signal")
    a = L.Dense(8, activation="relu")(table)
    b = L.GlobalMaxPooling1D()(L.Conv1D(8, 3, activation="relu")(signal))
    both = L.concatenate([a, b])
    return M.Model([table, signal], [L.Dense(1, activation="sigmoid", name="ill")(both), L.Dense(1, name="days")(both)])


# ---------------------------------------------------------------- what each learns

N = STEPS * BATCH
WORDS = classes(20, 9)
PADDED = np.where(np.arange(9) < classes(8, 1) + 2, np.maximum(WORDS, 1), 0)
GAPS = normal(N, 9, 5) * (np.arange(9) < classes(8, 1) + 2)[..., None]


def one_hot(k, *shape):
    return np.eye(k, dtype=np.float32)[classes(k, *shape)]


TUTORIALS = {
    "MLP": (mlp, normal(N, 12), classes(2), {"loss": "binary_crossentropy", "metrics": ["accuracy"]}),
    "CNN": (cnn, normal(N, 14, 14, 1), classes(4), {"loss": "sparse_categorical_crossentropy"}),
    "CNN with BatchNorm and augmentation": (
        cnn_with_augmentation,
        255 * rng.random((N, 16, 16, 3)).astype(np.float32),
        classes(2),
        {"loss": "binary_crossentropy", "optimizer": "rmsprop"},
    ),
    "autoencoder with Conv2DTranspose": (
        autoencoder,
        (images := rng.random((N, 16, 16, 1)).astype(np.float32)),
        images,
        {"loss": "binary_crossentropy"},
    ),
    "U-Net": (u_net, normal(N, 16, 16, 1), one_hot(3, 16, 16), {"loss": "categorical_crossentropy"}),
    "ResNet block": (
        res_net,
        normal(N, 12, 12, 3),
        one_hot(5),
        {"loss": lambda lib: lib.losses.CategoricalCrossentropy(from_logits=True), "optimizer": "sgd"},
    ),
    "LSTM classifier": (lstm_classifier, PADDED, classes(2), {"loss": "binary_crossentropy", "optimizer": "rmsprop"}),
    "GRU classifier": (gru_classifier, GAPS, one_hot(3), {"loss": "categorical_crossentropy"}),
    "bidirectional tagger": (tagger, PADDED, classes(4, 9), {"loss": "sparse_categorical_crossentropy"}),
    "sequence to sequence": (
        sequence_to_sequence,
        [normal(N, 7, 6), normal(N, 6, 5)],
        one_hot(5, 6),
        {"loss": "categorical_crossentropy", "optimizer": "rmsprop"},
    ),
    "Transformer encoder": (transformer_encoder, WORDS, classes(2), {"loss": "sparse_categorical_crossentropy"}),
    "causal Transformer": (
        causal_transformer,
        WORDS,
        np.roll(WORDS, -1, axis=1),
        {"loss": lambda lib: lib.losses.SparseCategoricalCrossentropy(from_logits=True)},
    ),
    "several inputs and outputs": (
        several_inputs_and_outputs,
        [normal(N, 6), normal(N, 10, 2)],
        [classes(2), normal(N)],
        {"loss": ["binary_crossentropy", "mse"], "loss_weights": [1.0, 0.5]},
    ),
}


def made(name, library):
    build, x, y, settings = TUTORIALS[name]
    model = build(library.layers, library.models)
    loss = settings["loss"]
    optimizer = {"adam": library.optimizers.Adam(), "sgd": library.optimizers.SGD(1e-2, momentum=0.9)}
    model.compile(
        **settings
        | {
            "loss": loss(library) if callable(loss) else loss,
            "optimizer": optimizer.get(settings.get("optimizer", "adam"), settings.get("optimizer")),
        }
    )
    return model, x, y


def rows(data, chosen):
    return [a[chosen] for a in data] if isinstance(data, list) else data[chosen]


def plain(outputs):
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return [np.asarray(out) for out in outputs]
