"""All exercises, by name. A new lesson adds its list here."""

from edunet.learn import conv, dense

__all__ = ["EXERCISES", "LESSONS"]

LESSONS = {"01": "01_dense", "05": "05_conv"}  # the number of a lesson -> the name of its notebooks
EXERCISES = {e.name: e for e in (*dense.EXERCISES, *conv.EXERCISES)}
