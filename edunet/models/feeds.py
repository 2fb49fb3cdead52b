"""Where batches come from: rows of arrays, an object that makes batch i, or a stream that is read once.

x, y arrays, tables, data on disk       Rows: cut into batches, shuffled by example
x[i], len(x), no y                      Batches: item i is a batch (x, y) or (x, y, weights); shuffled by batch
next(x), or for batch in x, no y        Stream: as above, in the order in which they come
"""

import operator
from collections.abc import Iterator

import numpy as np

from edunet.backend import default_rng
from edunet.models.examples import take_rows

__all__ = ["Batches", "Rows", "Stream", "split_rows"]


def split_rows(n: int, share: float) -> int:
    """Return where to cut n rows: the last `share` of them, before shuffling, is for validation."""
    if isinstance(share, str) or not 0 < share < 1:
        raise ValueError(f"validation_split is a share between 0 and 1, such as 0.2. Received: {share!r}")
    cut = int(n * (1 - share))
    if cut == 0 or cut == n:
        raise ValueError(
            f"validation_split={share} leaves an empty part of {n} examples. Give validation_data instead."
        )
    return cut


class _Ordered:
    """What Rows and Batches share: `count` batches, of which `place` were given, in an order that may be shuffled."""

    resumable = True

    def __init__(self, n: int, count: int, shuffle: bool, steps: int | None):
        self.n, self.count, self.shuffle, self.fixed = n, count, shuffle, steps
        self.steps: int | None = steps or count  # batches in an epoch
        self.order: np.ndarray | None = None  # of rows or of batches, if shuffled
        self.place = count

    def begin(self, anew=False) -> None:
        """Begin an epoch. With a fixed number of steps it goes on where the last one ended."""
        if anew or self.fixed is None or self.place >= self.count:
            self.order = default_rng().permutation(self.n) if self.shuffle else None
            self.place = 0

    def take(self):
        """Return the next batch (xs, ys, weights)."""
        if self.place >= self.count:
            self.begin(anew=True)
        self.place += 1
        return self.batch(self.place - 1)

    def peek(self):
        """Return the first batch without taking it."""
        return self.batch(0)

    def batch(self, i: int):
        raise NotImplementedError(f"{type(self).__name__} must define batch(i)")

    def forgets(self) -> str:
        """Return what is not told by get_state, or nothing."""
        return ""

    def get_state(self) -> dict:
        """Return the order and the place in it."""
        return {"order": self.order, "place": self.place}

    def check_state(self, state: dict) -> None:
        """Raise ValueError unless get_state of such data may have returned that."""
        order, place = state["order"], state["place"]
        if type(place) is not int or not 0 <= place <= self.count:
            raise ValueError(f"the place in the data is {place!r:.40}")
        if order is None:
            if self.shuffle and place < self.count:
                raise ValueError("the order of the rows is missing")
        elif not self.shuffle or order.dtype.kind != "i" or not np.array_equal(np.sort(order), np.arange(self.n)):
            raise ValueError("the order of the rows is none")

    def set_state(self, state: dict) -> None:
        """Go on from what get_state returned."""
        self.order, self.place = state["order"], state["place"]


class Rows(_Ordered):
    """Batches of rows (from one to another, if not of all) of arrays, or of what is on disk."""

    def __init__(self, xs, ys, weights, batch_size, shuffle=False, steps=None, rows=None, finish=None):
        self.xs, self.ys, self.weights, self.batch_size = xs, ys, weights, batch_size
        # arrays in memory are simply cut: a step of a small model takes no longer than it must
        self._read, self.finish = operator.getitem, None
        if any([type(a) is not np.ndarray for a in (*xs, *ys)]):
            self._read, self.finish = take_rows, finish
        first, stop = rows or (0, xs[0].shape[0])
        self.start: int = first
        n = stop - first
        super().__init__(n, -(-n // batch_size), shuffle, steps)

    def batch(self, i):
        first = i * self.batch_size
        last = min(first + self.batch_size, self.n)
        rows: slice | np.ndarray
        if self.order is None:
            rows = slice(self.start + first, self.start + last)
        else:
            rows = self.order[first:last]
            if self.start:
                rows = rows + self.start
        xs = [self._read(a, rows) for a in self.xs]
        if self.finish is not None:
            xs = self.finish(xs)
        weights = self.weights
        if weights is not None:
            weights = [None if w is None else w[rows] for w in weights]
        return xs, [self._read(a, rows) for a in self.ys], weights

    def arrays(self) -> dict:
        """Return the data by name."""
        named = {"x": self.xs, "y": self.ys, "the weights of examples": self.weights or []}
        parts = [(f"{name} {i + 1}" if i else name, a) for name, each in named.items() for i, a in enumerate(each)]
        return {name: a for name, a in parts if a is not None}

    def describe(self) -> dict:
        """Return what must be alike when a training goes on."""
        return {
            "kind": "rows",
            "examples": self.n,
            "batch_size": self.batch_size,
            "shuffle": self.shuffle,
            "steps_per_epoch": self.steps,
        }


class Batches(_Ordered):
    """Batches that an object makes: `source[i]` for i from 0 to len(source) − 1, as a PyDataset of Keras does."""

    def __init__(self, source, check, shuffle=False, steps=None):
        self.source, self.check = source, check
        n = len(source)
        if n < 1:
            raise ValueError(f"x: {type(source).__name__} has no batches: its len() is {n}.")
        super().__init__(n, n, shuffle, steps)

    def batch(self, i):
        number = i if self.order is None else int(self.order[i])
        try:
            return self.check(self.source[number])
        except (ValueError, TypeError) as error:
            error.add_note(f"in batch {number} of {type(self.source).__name__}")
            raise

    def take(self):
        batch = super().take()
        if self.place == self.count and hasattr(self.source, "on_epoch_end"):
            self.source.on_epoch_end()
        return batch

    def describe(self):
        """Return what must be alike when a training goes on."""
        return {
            "kind": f"batches of {type(self.source).__name__}",
            "batches": self.n,
            "shuffle": self.shuffle,
            "steps_per_epoch": self.steps,
        }

    @property
    def _remembers(self) -> bool:
        return hasattr(self.source, "get_state") and hasattr(self.source, "set_state")

    def forgets(self):
        if self._remembers or not hasattr(self.source, "on_epoch_end"):
            return ""
        kind = type(self.source).__name__
        return (
            f"{kind} has an on_epoch_end of its own, and what that changes is not in the file: after a stop the "
            f"batches may come otherwise. Give {kind} the methods get_state(), which returns a dict of "
            "numbers, lists and arrays, and set_state(state)."
        )

    def get_state(self):
        return super().get_state() | ({"source": self.source.get_state()} if self._remembers else {})

    def check_state(self, state):
        super().check_state(state)
        if ("source" in state) != self._remembers:
            raise ValueError("it was written with a get_state of the batches, or without, and here it is otherwise")

    def set_state(self, state):
        if self._remembers:  # the learner's own comes first: it may raise
            self.source.set_state(state["source"])
        super().set_state(state)


class Stream:
    """Batches in the order in which they come: from a generator, once; from what `for` can read, again and again."""

    resumable = False

    def __init__(self, source, check, steps=None):
        self.source, self.check, self.steps = source, check, steps
        self.once = isinstance(source, Iterator)
        self.stream: Iterator | None = None
        self.held: list = []  # a batch that was only looked at
        self.taken = 0

    def describe(self) -> dict:
        """Return what must be alike when a training goes on."""
        return {"kind": f"stream of {type(self.source).__name__}", "steps": self.steps}

    def begin(self, anew=False) -> None:
        """Begin an epoch: with the first batch again, if that is possible and no number of steps is given."""
        if self.stream is None or (not self.once and (anew or self.steps is None)):
            self.stream, self.held = iter(self.source), self.held if self.stream is None else []
        elif self.once and self.steps is None:
            self.peek()  # or say now that nothing is left

    def peek(self):
        """Return the next batch without taking it."""
        if self.stream is None:
            self.stream = iter(self.source)
        if not self.held:
            try:
                self.held = [self._next()]
            except StopIteration:
                self._ended()
        return self.held[0]

    def _next(self):
        if self.stream is None:
            self.stream = iter(self.source)
        item = next(self.stream)
        try:
            return self.check(item)
        except (ValueError, TypeError) as error:
            error.add_note(f"in batch {self.taken} of {type(self.source).__name__}")
            raise

    def take(self):
        """Return the next batch; without a number of steps StopIteration ends the epoch."""
        if self.held:
            batch = self.held.pop()
        else:
            try:
                batch = self._next()
            except StopIteration:
                if self.steps is None:
                    raise
                if self.once or not self.taken:
                    self._ended()
                self.stream = iter(self.source)
                batch = self._next()
        self.taken += 1
        return batch

    def _ended(self):
        raise ValueError(
            f"x: the {type(self.source).__name__} ended after {self.taken} batches, more are wanted. A generator gives "
            "each batch once: let it go on for ever and give steps_per_epoch, or use an object with __getitem__ and "
            "__len__."
        ) from None
