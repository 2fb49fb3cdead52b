"""Layers: weights and hyper-parameters around the formulas of `edunet.ops`. Names and defaults as in Keras."""

from edunet.layers.activations import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from edunet.layers.adapt import Normalization
from edunet.layers.attention import Attention, MultiHeadAttention
from edunet.layers.augment import RandomContrast, RandomCrop, RandomFlip, RandomRotation, RandomTranslation, RandomZoom
from edunet.layers.cell import StackedRNNCells
from edunet.layers.conv import Conv1D, Conv2D
from edunet.layers.conv_depthwise import DepthwiseConv2D, SeparableConv2D
from edunet.layers.conv_transpose import Conv1DTranspose, Conv2DTranspose
from edunet.layers.dense import Dense
from edunet.layers.dot import Dot, dot
from edunet.layers.embedding import Embedding, Masking, PositionEmbedding, SinePositionEncoding
from edunet.layers.gru import GRU, GRUCell
from edunet.layers.input import Input, InputLayer
from edunet.layers.layer import Layer
from edunet.layers.lstm import LSTM, LSTMCell
from edunet.layers.merge import (
    Add,
    Average,
    Concatenate,
    Maximum,
    Minimum,
    Multiply,
    Residual,
    Subtract,
    add,
    average,
    concatenate,
    maximum,
    minimum,
    multiply,
    subtract,
)
from edunet.layers.norm import BatchNormalization, GroupNormalization, LayerNormalization
from edunet.layers.pool import (
    AveragePooling1D,
    AveragePooling2D,
    AvgPool1D,
    AvgPool2D,
    MaxPool1D,
    MaxPool2D,
    MaxPooling1D,
    MaxPooling2D,
)
from edunet.layers.pool_global import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAvgPool1D,
    GlobalAvgPool2D,
    GlobalMaxPool1D,
    GlobalMaxPool2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
)
from edunet.layers.recurrent import RNN
from edunet.layers.regularize import Dropout, GaussianDropout, GaussianNoise, SpatialDropout1D, SpatialDropout2D
from edunet.layers.reshape import Flatten, Identity, Permute, RepeatVector, Rescaling, Reshape
from edunet.layers.resize import (
    CenterCrop,
    Cropping1D,
    Cropping2D,
    UpSampling1D,
    UpSampling2D,
    ZeroPadding1D,
    ZeroPadding2D,
)
from edunet.layers.rnn import SimpleRNN, SimpleRNNCell
from edunet.layers.transformer import TransformerEncoder
from edunet.layers.wrap import Bidirectional, TimeDistributed
from edunet.names import missing_name

__all__ = [
    "Activation",
    "Add",
    "Attention",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AvgPool1D",
    "AvgPool2D",
    "BatchNormalization",
    "Bidirectional",
    "CenterCrop",
    "Concatenate",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Cropping1D",
    "Cropping2D",
    "Dense",
    "DepthwiseConv2D",
    "Dot",
    "Dropout",
    "ELU",
    "Embedding",
    "Flatten",
    "GRU",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GroupNormalization",
    "Identity",
    "Input",
    "InputLayer",
    "LSTM",
    "LSTMCell",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPooling1D",
    "MaxPooling2D",
    "Maximum",
    "Minimum",
    "MultiHeadAttention",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "PositionEmbedding",
    "RNN",
    "RandomContrast",
    "RandomCrop",
    "RandomFlip",
    "RandomRotation",
    "RandomTranslation",
    "RandomZoom",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Residual",
    "SeparableConv2D",
    "SimpleRNN",
    "SimpleRNNCell",
    "SinePositionEncoding",
    "Softmax",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "StackedRNNCells",
    "Subtract",
    "TimeDistributed",
    "TransformerEncoder",
    "UpSampling1D",
    "UpSampling2D",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "add",
    "average",
    "concatenate",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "subtract",
]


def __getattr__(name):
    raise missing_name("edunet.layers", name, __all__)
