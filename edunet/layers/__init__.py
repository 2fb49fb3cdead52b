"""Layers: weights and hyper-parameters around the formulas of `edunet.ops`. Names and defaults as in Keras."""

from edunet.layers.activations import ELU, Activation, LeakyReLU, ReLU, Softmax
from edunet.layers.attention import Attention, MultiHeadAttention
from edunet.layers.cell import StackedRNNCells
from edunet.layers.conv import Conv1D, Conv2D
from edunet.layers.dense import Dense
from edunet.layers.embedding import Embedding, Masking, PositionEmbedding, SinePositionEncoding
from edunet.layers.gru import GRU, GRUCell
from edunet.layers.input import Input
from edunet.layers.layer import Layer
from edunet.layers.lstm import LSTM, LSTMCell
from edunet.layers.merge import Add, Concatenate, Multiply, Residual, add, concatenate, multiply
from edunet.layers.norm import BatchNormalization, LayerNormalization
from edunet.layers.pool import (
    AveragePooling1D,
    AveragePooling2D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    MaxPool1D,
    MaxPool2D,
    MaxPooling1D,
    MaxPooling2D,
)
from edunet.layers.recurrent import RNN
from edunet.layers.regularize import Dropout
from edunet.layers.reshape import Flatten, Permute, RepeatVector, Rescaling, Reshape
from edunet.layers.rnn import SimpleRNN, SimpleRNNCell
from edunet.layers.transformer import TransformerEncoder
from edunet.layers.wrap import Bidirectional, TimeDistributed
from edunet.names import missing_name

__all__ = [
    "ELU",
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "Add",
    "Attention",
    "AveragePooling1D",
    "AveragePooling2D",
    "BatchNormalization",
    "Bidirectional",
    "Concatenate",
    "Conv1D",
    "Conv2D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "Input",
    "LSTMCell",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MultiHeadAttention",
    "Multiply",
    "Permute",
    "PositionEmbedding",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Residual",
    "SimpleRNN",
    "SimpleRNNCell",
    "SinePositionEncoding",
    "Softmax",
    "StackedRNNCells",
    "TimeDistributed",
    "TransformerEncoder",
    "add",
    "concatenate",
    "multiply",
]


def __getattr__(name):
    raise missing_name("edunet.layers", name, __all__)
