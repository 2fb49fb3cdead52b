"""Results as tables for pandas."""

import numpy as np

__all__ = ["to_frame"]


def to_frame(results, columns=None, index=None):
    """Return a pandas DataFrame of a History, one row per epoch, or of predictions, one row per example.

    Args: results, what `fit` returned, a dict {name: values}, or an array (N,) or (N,K); columns, names for the K
    numbers of an array; index, names for the rows, such as the index of the table that was predicted from.
    Raises TypeError for what is no table, ValueError for names that are not as many as the columns.

    >>> to_frame(np.array([[0.9, 0.1], [0.2, 0.8]]), columns=["well", "ill"], index=["p1", "p2"]).loc["p2", "ill"]
    0.8
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError('to_frame needs pandas: pip install "pandas>=2.1"') from error

    history = getattr(results, "history", results)
    if isinstance(history, dict):
        if columns is not None:
            raise ValueError(
                "to_frame: a History names its columns itself. Leave columns out, or rename them afterwards."
            )
        epochs = getattr(results, "epoch", None)
        rows = pd.Index(epochs, name="epoch") if index is None and epochs is not None else index
        return pd.DataFrame(history, index=rows)
    array = np.asarray(results)
    if array.ndim not in (1, 2) or array.dtype == object:
        raise TypeError(
            f"to_frame: expected a History, or predictions (N,) or (N, K). Received: {type(results).__name__} of shape "
            f"{array.shape}." + (" Flatten first: y.reshape(len(y), -1)." if array.ndim > 2 else "")
        )
    table = array.reshape(len(array), -1)
    names = [f"output_{i + 1}" for i in range(table.shape[1])] if columns is None else list(columns)
    if len(names) != table.shape[1]:
        raise ValueError(f"to_frame: {table.shape[1]} columns need as many names. Received: {names}")
    return pd.DataFrame(table, columns=names, index=index)
