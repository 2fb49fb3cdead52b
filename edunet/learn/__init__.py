"""Exercises: what a learner's own function does wrong, said in one sentence.

    learn.exercises()                    their names, lesson by lesson
    learn.check("sigmoid", sigmoid)      try a function of yours
    learn.hint("sigmoid")                three of them, one at a time
    g = learn.use("sigmoid", sigmoid)    yours if it passes, else ours: go on with the lesson
    learn.progress()                     what has passed so far

Each exercise has a right function and a catalogue of wrong ones, in the folder of its lesson: dense (01), conv (05),
rnn (08), attention (10).
"""

from edunet.learn.pace import size
from edunet.learn.session import check, exercises, hint, progress, use

__all__ = ["check", "exercises", "hint", "progress", "size", "use"]
