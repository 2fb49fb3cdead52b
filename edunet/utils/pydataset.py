"""Batches that a class of ones own makes, with the base that Keras has for it."""

__all__ = ["PyDataset", "Sequence"]


class PyDataset:
    """Batches from a class of your own: `len(it)` of them, `it[i]` is (x, y) or (x, y, sample_weight).

    `fit`, `evaluate` and `predict` take any object with these two methods; this base is here for code that names it.
    If there is an `on_epoch_end()`, it is called after each epoch. workers, use_multiprocessing and max_queue_size, as
    in Keras, may be given and change nothing: batches are made one after the other.

    >>> class Ones(PyDataset):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, i):
    ...         return np.ones((4, 2)), np.ones(4)
    >>> len(Ones(workers=2))
    3
    """

    def __init__(self, workers=1, use_multiprocessing=False, max_queue_size=10):
        pass

    def __len__(self):
        raise NotImplementedError(f"{type(self).__name__} must define __len__(), the number of batches")

    def __getitem__(self, i):
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(i), which returns batch i, (x, y)")


Sequence = PyDataset  # as it was called before
