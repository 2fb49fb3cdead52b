"""Convolution of each channel by itself: the cheap half of a convolution, before 1×1 filters mix the channels."""

import numpy as np

from edunet.backend import kernels
from edunet.ops.conv import check_conv, pair, placement, unwanted
from edunet.tensor import differentiable

__all__ = ["depthwise_conv2d"]


@differentiable
def depthwise_conv2d(x, w, b=None, *, stride=1, dilation=1, padding="valid"):
    """Give every channel its own M small filters: no channel sees another one.

        y[n,i,j,c·M+m] = b[c·M+m] + Σ_uv x[n, i·s + u·d − p, j·s + v·d − p, c] · w[u,v,c,m]
        s stride, d dilation, p zeros put before the first row and column (0 for "valid")
    A C-th of the work of conv2d with C·M filters; a conv2d with 1×1 filters often follows and mixes the channels.
    Gradients, given dy = ∂loss/∂y:
        dw[u,v,c,m] = Σ_nij x[n, i·s + u·d − p, j·s + v·d − p, c] · dy[n,i,j,c·M+m]
        dx[n,h,k,c] = Σ dy[n,i,j,c·M+m] · w[u,v,c,m]   over all i, j, u, v, m with i·s + u·d − p = h, j·s + v·d − p = k
        db[f]       = Σ_nij dy[n,i,j,f]
    Shapes: x (N,H,W,C), w (U,V,C,M) the filters, b (C·M,) or None, y (N,I,J,C·M); I, J, stride, dilation, padding
    as in conv2d.
    Raises ValueError for a wrong rank, channel or bias count, or an image smaller than the filter.
    Source: Howard et al., MobileNets (2017).   Tutorial: lesson 13

    >>> two_channels = np.array([[[[1.0, 10.0], [2.0, 20.0]]]])     # an image of one row and two pixels
    >>> depthwise_conv2d(two_channels, np.ones((1, 2, 2, 1))).ravel()
    array([ 3., 30.])
    """
    check_conv("depthwise_conv2d", x, w, None, ("N", "H", "W"))
    filters = w.shape[2] * w.shape[3]
    if b is not None and b.shape != (filters,):
        raise ValueError(
            f"depthwise_conv2d: expected one bias per filter, b (C·M,) = ({filters},) for w {w.shape}. "
            f"Received b {b.shape}."
        )
    stride, dilation = pair("stride", stride), pair("dilation", dilation)
    pad, size = placement("depthwise_conv2d", x.shape[1:3], w.shape[:2], stride, dilation, padding)
    bias = np.zeros(filters, x.dtype) if b is None else b
    y = np.empty((x.shape[0], *size, filters), x.dtype)
    k = kernels("conv")
    k.depthwise_conv2d_forward(x, w, bias, stride, dilation, pad, y)

    def backward(dy, *, wanted=(True, True, True)):
        dx, dw = (np.empty_like(a) if asked else unwanted(a) for a, asked in zip((x, w), wanted, strict=False))
        db = np.empty_like(bias)
        k.depthwise_conv2d_backward(dy, x, w, stride, dilation, pad, dx, dw, db)
        return dx, dw, None if b is None else db

    return y, backward
