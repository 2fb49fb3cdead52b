"""Objects that give batches: a class to inherit from, and windows cut from a long series."""

import numpy as np

from edunet.backend import default_rng
from edunet.layers.dense import whole

__all__ = ["PyDataset", "Windows", "timeseries_dataset_from_array"]


class PyDataset:
    """Batches of one's own: a subclass defines `__len__`, how many there are, and `__getitem__(i)`, (x, y) of one.

    `fit`, `evaluate` and `predict` take it in place of x and y. It may define `on_epoch_end()`.
    Args: workers, use_multiprocessing and max_queue_size, as in Keras, change nothing: batches are made one by one.

    >>> class Halves(PyDataset):
    ...     def __len__(self):
    ...         return 2
    ...
    ...     def __getitem__(self, i):
    ...         return np.ones((4, 3)) * i, np.zeros(4)
    >>> [float(x.mean()) for x, y in Halves()]
    [0.0, 1.0]
    """

    def __init__(self, workers=1, use_multiprocessing=False, max_queue_size=10):
        self.workers, self.use_multiprocessing, self.max_queue_size = workers, use_multiprocessing, max_queue_size

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} must define __len__(): how many batches there are")

    def __getitem__(self, i):
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(i): the batch (x, y) of number i")

    def __iter__(self):
        return (self[i] for i in range(len(self)))


class Windows(PyDataset):
    """What `timeseries_dataset_from_array` returns: windows of a series, cut when their batch is asked for."""

    def __init__(self, data, targets, starts, steps, batch_size):
        super().__init__()
        self.data, self.targets, self.starts, self.steps, self.batch_size = data, targets, starts, steps, batch_size

    def __len__(self):
        return -(-len(self.starts) // self.batch_size)

    def __getitem__(self, i):
        if not 0 <= i < len(self):
            raise IndexError(f"there are batches 0 to {len(self) - 1}. Received: {i!r}")
        starts = self.starts[i * self.batch_size : (i + 1) * self.batch_size]
        x = self.data[starts[:, None] + self.steps]
        return x if self.targets is None else (x, self.targets[starts])


def timeseries_dataset_from_array(
    data,
    targets,
    sequence_length,
    sequence_stride=1,
    sampling_rate=1,
    batch_size=128,
    shuffle=False,
    seed=None,
    start_index=None,
    end_index=None,
):
    """Cut a long series into windows, in batches: window i holds data[i], data[i + r], ..., its target is targets[i].

    To predict k steps after the last one of a window: data[:-k], targets = series[(T − 1)·r + k:].
    Args: data (S,...), one entry per step; targets (S,...), or None for windows alone; sequence_length T;
    sequence_stride, steps from one window to the next; sampling_rate r, steps between two entries of a window;
    batch_size; shuffle, windows in one random order, drawn by seed (fit changes the order of batches); start_index,
    end_index, the part of the data that is used, such as the steps for training.
    Raises ValueError if no window fits.

    >>> batches = timeseries_dataset_from_array(np.arange(8), np.arange(3, 11), sequence_length=3, batch_size=2)
    >>> x, y = batches[0]
    >>> x
    array([[0, 1, 2],
           [1, 2, 3]])
    >>> y
    array([3, 4])
    """
    name = "timeseries_dataset_from_array"
    length, stride, rate, batch_size = (
        whole(name, argument, value)
        for argument, value in (
            ("sequence_length", sequence_length),
            ("sequence_stride", sequence_stride),
            ("sampling_rate", sampling_rate),
            ("batch_size", batch_size),
        )
    )
    data = np.asarray(data)[start_index:end_index]
    count = len(data) - (length - 1) * rate
    if targets is not None:
        targets = np.asarray(targets)[start_index:end_index]
        count = min(count, len(targets))
    if count < 1:
        raise ValueError(
            f"{name}: no window fits. A window spans {(length - 1) * rate + 1} steps, the part of data that is used "
            f"has {len(data)}" + ("." if targets is None else f", and {len(targets)} targets.")
        )
    starts = np.arange(0, count, stride)
    if shuffle:
        (default_rng() if seed is None else np.random.default_rng(seed)).shuffle(starts)
    return Windows(data, targets, starts, np.arange(length) * rate, batch_size)
