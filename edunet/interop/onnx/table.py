"""Which function exports which layer, and its mask."""

from edunet.interop.onnx import attention, images, moves, norm, pointwise, recurrence

__all__ = ["HONOURS", "LAYERS", "MASKS"]

# By the name of the class in `edunet.layers`: a function (graph, layer, *inputs) -> the names of the outputs.
LAYERS = pointwise.LAYERS | norm.LAYERS | moves.LAYERS | images.LAYERS | recurrence.LAYERS | attention.LAYERS

# What the mask of the output is, where it is not simply that of the input: (graph, layer, first input) -> name or None.
MASKS = {
    "Embedding": pointwise.embedding_mask,
    "Masking": pointwise.masking_mask,
    "Concatenate": moves.concatenated_masks,
    **dict.fromkeys(["SimpleRNN", "GRU", "LSTM", "RNN", "Bidirectional"], recurrence.mask_of_steps),
    **dict.fromkeys(["GlobalAveragePooling1D", "GlobalMaxPooling1D"], lambda g, layer, x: None),
    "Attention": lambda g, layer, xs: xs[0].mask,
}

# Layers that use a mask; all others let it pass, or are refused.
HONOURS = {*recurrence.LAYERS, *attention.LAYERS, "BatchNormalization", "Conv1D"}
HONOURS |= {"GlobalAveragePooling1D", "GlobalMaxPooling1D"}
