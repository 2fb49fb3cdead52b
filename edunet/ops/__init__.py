"""The formulas. Each op is a function on Tensors or arrays; its docstring is its page of the textbook.

Notation, everywhere the same
    N  batch (patients)      T  time steps            D  features             U  units
    H  height, W  width      C  channels              F  filters              K  classes
    U, V also the height and width of a filter        I, J  height and width of an output
    x  input    w  weights    b  bias    y  output    h  hidden state    z  scores (before softmax or sigmoid)
    dy = ∂loss/∂y, and so on: the gradient of the loss for a quantity is written d + its name
    σ  logistic function     ⊙ or ·  element by element     Σ_n  sum over n     ε  a small number

"Tutorial: lesson NN" is the lesson of the course that works the formula out; notebooks/ holds those already written.
`inspect.getsource(ops.conv2d)` prints a page; `ops.conv2d.__wrapped__` is the function on plain arrays, which
returns (y, backward). Tensors put it on the tape: see `edunet.tensor`.

Arithmetic in Keras's words, `ops.mean`, `ops.square`, `ops.where`, is handed over from `edunet.elementary`.
"""

from edunet import elementary
from edunet.names import missing_name
from edunet.ops.activations import (
    elu,
    exponential,
    gelu,
    hard_sigmoid,
    hard_silu,
    leaky_relu,
    linear,
    log_softmax,
    mish,
    prelu,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softsign,
    tanh,
)
from edunet.ops.attention import attention, attention_weights, merge_heads, split_heads
from edunet.ops.augment import affine2d, contrast, flip2d
from edunet.ops.conv import conv1d, conv2d
from edunet.ops.conv_depthwise import depthwise_conv2d
from edunet.ops.conv_transpose import conv1d_transpose, conv2d_transpose
from edunet.ops.dense import dense
from edunet.ops.distance import (
    absolute_error,
    cosine_similarity,
    hinge,
    huber,
    log_cosh,
    percentage_error,
    pinball,
    poisson,
    squared_error,
    squared_log_error,
)
from edunet.ops.embedding import embedding, sine_positions
from edunet.ops.gru import gru
from edunet.ops.loss import (
    kl_divergence,
    sigmoid_crossentropy,
    sigmoid_focal_crossentropy,
    softmax_crossentropy,
    sparse_softmax_crossentropy,
)
from edunet.ops.lstm import lstm
from edunet.ops.norm import batch_norm, batch_norm_inference, group_norm, layer_norm
from edunet.ops.overlap import dice
from edunet.ops.pool import avg_pool1d, avg_pool2d, max_pool1d, max_pool2d
from edunet.ops.pool_global import global_avg_pool1d, global_avg_pool2d, global_max_pool1d, global_max_pool2d
from edunet.ops.regularize import dropout, gaussian_dropout, gaussian_noise
from edunet.ops.resize import upsample1d, upsample2d, zero_pad
from edunet.ops.rnn import simple_rnn
from edunet.ops.survival import discrete_hazard

__all__ = [
    "absolute_error",
    "affine2d",
    "attention",
    "attention_weights",
    "avg_pool1d",
    "avg_pool2d",
    "batch_norm",
    "batch_norm_inference",
    "contrast",
    "conv1d",
    "conv1d_transpose",
    "conv2d",
    "conv2d_transpose",
    "cosine_similarity",
    "dense",
    "depthwise_conv2d",
    "dice",
    "discrete_hazard",
    "dropout",
    "elu",
    "embedding",
    "exponential",
    "flip2d",
    "gaussian_dropout",
    "gaussian_noise",
    "gelu",
    "global_avg_pool1d",
    "global_avg_pool2d",
    "global_max_pool1d",
    "global_max_pool2d",
    "group_norm",
    "gru",
    "hard_sigmoid",
    "hard_silu",
    "hinge",
    "huber",
    "kl_divergence",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_cosh",
    "log_softmax",
    "lstm",
    "max_pool1d",
    "max_pool2d",
    "merge_heads",
    "mish",
    "percentage_error",
    "pinball",
    "poisson",
    "prelu",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "sigmoid_crossentropy",
    "sigmoid_focal_crossentropy",
    "silu",
    "simple_rnn",
    "sine_positions",
    "softmax",
    "softmax_crossentropy",
    "softplus",
    "softsign",
    "sparse_softmax_crossentropy",
    "split_heads",
    "squared_error",
    "squared_log_error",
    "tanh",
    "upsample1d",
    "upsample2d",
    "zero_pad",
]


def __getattr__(name):
    if name in elementary.__all__:
        return getattr(elementary, name)
    raise missing_name("edunet.ops", name, [*__all__, *elementary.__all__])
