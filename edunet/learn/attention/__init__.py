"""Exercises of lesson 10: scores, softmax, attention, its mask and its gradient, how to read its map; one page each."""

from edunet.learn.attention.attention import ATTENTION
from edunet.learn.attention.attention_backward import ATTENTION_BACKWARD
from edunet.learn.attention.attention_scores import ATTENTION_SCORES
from edunet.learn.attention.found import FOUND
from edunet.learn.attention.looking_back import LOOKING_BACK
from edunet.learn.attention.row_entropy import ROW_ENTROPY
from edunet.learn.attention.softmax_backward import SOFTMAX_BACKWARD
from edunet.learn.attention.softmax_rows import SOFTMAX_ROWS

__all__ = ["EXERCISES"]

EXERCISES = (
    SOFTMAX_ROWS,
    ATTENTION_SCORES,
    ATTENTION,
    LOOKING_BACK,
    ROW_ENTROPY,
    SOFTMAX_BACKWARD,
    ATTENTION_BACKWARD,
    FOUND,
)
