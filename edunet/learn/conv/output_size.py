"""Exercise output_size: at how many places does a filter stop along a row?."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["OUTPUT_SIZE"]


def output_size(n, u, stride, padding):
    return (n + 2 * padding - u) // stride + 1


SIZES = ((12, 3, 2, 1), (11, 4, 2, 0), (15, 5, 3, 2), (10, 4, 1, 3))  # n, u, stride, padding

OUTPUT_SIZE = Exercise(
    "output_size",
    "05",
    "at how many places does a filter stop along a row?",
    output_size,
    lambda rng, i: SIZES[i],
    (
        Mistake(
            "the first place is not counted: a filter as wide as the row has one place, not none.",
            lambda n, u, s, p: (n + 2 * p - u) // s,
        ),
        Mistake(
            "the zeros are counted at one end only: `padding` stands at the left and at the right.",
            lambda n, u, s, p: (n + p - u) // s + 1,
        ),
        Mistake("the padding is forgotten: the zeros make the row longer.", lambda n, u, s, p: (n - u) // s + 1),
        Mistake(
            "the padding is subtracted: zeros make the row longer, not shorter.",
            lambda n, u, s, p: (n - 2 * p - u) // s + 1,
        ),
        Mistake(
            "the stride is forgotten: the filter moves by `stride` pixels each time.",
            lambda n, u, s, p: n + 2 * p - u + 1,
        ),
        Mistake(
            "the 1 is divided too: count the steps after the first place, then add that place.",
            lambda n, u, s, p: (n + 2 * p - u + 1) // s,
        ),
        Mistake(
            "a step that does not fit any more is counted: divide and round down.",
            lambda n, u, s, p: -((u - n - 2 * p) // s) + 1,
        ),
        Mistake(
            "half a place comes out: / gives fractions. A step that does not fit is not made; round down.",
            lambda n, u, s, p: (n + 2 * p - u) / s + 1,
        ),
        Mistake(
            'this is the size for padding="same" of the library, which chooses its own zeros. '
            "Here `padding` says how many there are.",
            lambda n, u, s, p: -(-n // s),
        ),
        Mistake(
            "the stride is multiplied; larger steps leave fewer places.", lambda n, u, s, p: (n + 2 * p - u) * s + 1
        ),
        Mistake(
            "neither the filter nor the padding appears in it: a wide filter fits at fewer places.",
            lambda n, u, s, p: n // s,
        ),
        Mistake(
            "the last place is sometimes missing: the filter may end exactly at the edge. Do you count with < what "
            "should be counted with <=?",
            lambda n, u, s, p: -((u - n - 2 * p) // s),
        ),
        Mistake(
            "this counts filters side by side, one filter's width apart; the filter moves by `stride` pixels.",
            lambda n, u, s, p: (n + 2 * p) // u,
        ),
        Mistake(
            "these are the places themselves, one by one; wanted is how many there are.",
            lambda n, u, s, p: np.arange(0, n + 2 * p - u + 1, s),
        ),
    ),
    (
        "Draw it: a row of 7 pixels, a filter of 3, and move the filter by 2. Count the places.",
        "With the zeros the row has n + 2·padding pixels. The filter's left end can go from 0 to that minus u.",
        "Divide that last place by the stride, round down with //, and count place 0 too.",
    ),
    # counted on squared paper
    known=(((7, 3, 2, 0), 3), ((5, 3, 1, 1), 5), ((24, 5, 1, 0), 20)),
)
