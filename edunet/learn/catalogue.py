"""All exercises, by name. A new lesson adds its list here."""

from edunet.learn import attention, conv, dense, rnn

__all__ = ["EXERCISES", "LESSONS"]

# the number of a lesson -> the name of its notebooks
LESSONS = {"01": "01_dense", "05": "05_conv", "08": "08_rnn", "10": "10_attention"}
EXERCISES = {e.name: e for e in (*dense.EXERCISES, *conv.EXERCISES, *rnn.EXERCISES, *attention.EXERCISES)}
