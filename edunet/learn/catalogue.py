"""All exercises, by name. A new lesson adds its list here."""

<<<<<<< HEAD
from edunet.learn import attention, dense, rnn

__all__ = ["EXERCISES", "LESSONS"]

LESSONS = {"01": "01_dense", "08": "08_rnn", "10": "10_attention"}  # number of a lesson -> name of its notebooks
EXERCISES = {e.name: e for e in (*dense.EXERCISES, *rnn.EXERCISES, *attention.EXERCISES)}
=======
from edunet.learn import attention, conv, dense

__all__ = ["EXERCISES", "LESSONS"]

# the number of a lesson -> the name of its notebooks
LESSONS = {"01": "01_dense", "05": "05_conv", "10": "10_attention"}
EXERCISES = {e.name: e for e in (*dense.EXERCISES, *conv.EXERCISES, *attention.EXERCISES)}
>>>>>>> l05
