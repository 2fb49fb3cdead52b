"""All exercises, by name. A new lesson adds its list here."""

from edunet.learn import attention, dense

__all__ = ["EXERCISES", "LESSONS"]

LESSONS = {"01": "01_dense", "10": "10_attention"}  # the number of a lesson -> the name of its notebooks
EXERCISES = {e.name: e for e in (*dense.EXERCISES, *attention.EXERCISES)}
