"""Exercises of lesson 08: states that are carried on, the way back in time, gates, and a half-life; one page each."""

from edunet.learn.rnn.clip_by_norm import CLIP_BY_NORM
from edunet.learn.rnn.concentration import CONCENTRATION
from edunet.learn.rnn.gru_step import GRU_STEP
from edunet.learn.rnn.half_life import HALF_LIFE
from edunet.learn.rnn.linear_backward import LINEAR_BACKWARD
from edunet.learn.rnn.printed_states import PRINTED_STATES
from edunet.learn.rnn.rnn_states import RNN_STATES
from edunet.learn.rnn.rnn_step import RNN_STEP

__all__ = ["EXERCISES"]

EXERCISES = (
    PRINTED_STATES,
    RNN_STEP,
    RNN_STATES,
    CONCENTRATION,
    HALF_LIFE,
    LINEAR_BACKWARD,
    CLIP_BY_NORM,
    GRU_STEP,
)
