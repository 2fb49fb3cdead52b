"""Exercises of lesson 05: a filter that slides over a picture, and the way back through it. One page for each."""

from edunet.learn.conv.conv2d import CONV2D
from edunet.learn.conv.conv2d_dw import CONV2D_DW
from edunet.learn.conv.conv2d_dx import CONV2D_DX
from edunet.learn.conv.conv2d_loops import CONV2D_LOOPS
from edunet.learn.conv.conv_pixel import CONV_PIXEL
from edunet.learn.conv.max_pool2d import MAX_POOL2D
from edunet.learn.conv.output_size import OUTPUT_SIZE
from edunet.learn.conv.receptive_field import RECEPTIVE_FIELD

__all__ = ["EXERCISES"]

EXERCISES = (
    OUTPUT_SIZE,
    CONV_PIXEL,
    CONV2D,
    MAX_POOL2D,
    CONV2D_DW,
    CONV2D_DX,
    RECEPTIVE_FIELD,
    CONV2D_LOOPS,
)
