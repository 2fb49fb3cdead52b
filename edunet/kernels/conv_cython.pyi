"""Types of conv_cython.pyx. What the functions do is told by conv_numpy.py."""

from numpy import ndarray as Array

_Pair = tuple[int, int]

def conv2d_forward(x: Array, w: Array, b: Array, stride: _Pair, dilation: _Pair, pad: _Pair, relu: bool,
                   y: Array) -> None: ...

def conv2d_backward(dy: Array, x: Array, w: Array, stride: _Pair, dilation: _Pair, pad: _Pair, relu: bool, y: Array,
                    dx: Array, dw: Array, db: Array) -> None: ...

def depthwise_conv2d_forward(x: Array, w: Array, b: Array, stride: _Pair, dilation: _Pair, pad: _Pair,
                             y: Array) -> None: ...

def depthwise_conv2d_backward(dy: Array, x: Array, w: Array, stride: _Pair, dilation: _Pair, pad: _Pair, dx: Array,
                              dw: Array, db: Array) -> None: ...

def conv2d_forward_naive(x: Array, w: Array, b: Array, stride: _Pair, dilation: _Pair, pad: _Pair, relu: bool,
                         y: Array) -> None: ...

def conv2d_backward_naive(dy: Array, x: Array, w: Array, stride: _Pair, dilation: _Pair, pad: _Pair, relu: bool,
                          y: Array, dx: Array, dw: Array, db: Array) -> None: ...
