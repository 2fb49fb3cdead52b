"""What all metrics share: they collect over batches, and weigh examples."""

import contextlib
import inspect

import numpy as np

from edunet.metrics.labels import check_weights, name_of
from edunet.metrics.variable import Variable
from edunet.names import snake_case

__all__ = ["Mean", "MeanOf", "Metric", "Sum", "spread", "wanted_number"]


class Metric:
    """Collect by `update_state(y_true, y_pred, sample_weight=None)`, read by `result()`, clear by `reset_state()`.

    sample_weight (N,), or (N,T) where an answer has steps; a mask is a weight of 0 or 1.
    A metric of your own keeps its numbers in variables, `self.total = self.add_weight(name="total")`, and changes them
    by `self.total.assign_add(...)`; or in attributes that its `reset_state` sets.
    Args: name; dtype, as in Keras, which changes nothing here: metrics count in float64.

    >>> class Positives(Metric):
    ...     def __init__(self, name="positives", **kwargs):
    ...         super().__init__(name=name, **kwargs)
    ...         self.total = self.add_weight(name="total", initializer="zeros")
    ...
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.total.assign_add(np.sum(y_pred > 0.5))
    ...
    ...     def result(self):
    ...         return self.total
    >>> float(Positives()([0, 1, 1], np.array([0.2, 0.7, 0.9])))
    2.0
    """

    def __init__(self, name: str | None = None, dtype=None):
        self.name = name or snake_case(type(self).__name__.lstrip("_"))
        self.dtype = None if dtype is None else np.dtype(dtype).name
        if type(self).reset_state is not Metric.reset_state:
            with contextlib.suppress(AttributeError):  # of one's own: it may clear what is made after this line
                self.reset_state()

    def __call__(self, y_true, y_pred, sample_weight=None):
        self.update_state(y_true, y_pred, sample_weight)
        return self.result()

    def add_variable(self, shape=(), initializer="zeros", dtype=None, name: str | None = None) -> Variable:
        """Return a new number, or an array of that shape, that is kept from batch to batch; see `Variable`."""
        made = Variable(shape, initializer, dtype, name)
        self.__dict__.setdefault("_variables", []).append(made)
        return made

    def add_weight(self, shape=(), initializer="zeros", dtype=None, name: str | None = None) -> Variable:
        """The same as `add_variable`, under the name of older books."""
        return self.add_variable(shape, initializer, dtype, name)

    @property
    def variables(self) -> list[Variable]:
        """What `add_variable` has made, here and in metrics that are attributes."""
        return [*getattr(self, "_variables", []), *(v for metric in self._inner() for v in metric.variables)]

    def _inner(self) -> list["Metric"]:
        return [value for value in vars(self).values() if isinstance(value, Metric)]

    def reset_state(self) -> None:
        """Forget everything: each variable is 0 again, and each metric that is an attribute is as new."""
        own, inner = getattr(self, "_variables", []), self._inner()
        if not own and not inner:
            raise NotImplementedError(
                f"{type(self).__name__} must define reset_state(), or keep its numbers in variables: "
                "self.total = self.add_weight(name='total')."
            )
        for variable in own:
            variable.assign(0)
        for metric in inner:
            metric.reset_state()

    def update_state(self, y_true, y_pred, sample_weight=None) -> None:
        """Take in one batch."""
        raise NotImplementedError(f"{type(self).__name__} must define update_state(y_true, y_pred)")

    def result(self):
        """Return the value over all batches since the last reset."""
        raise NotImplementedError(f"{type(self).__name__} must define result()")

    def get_config(self) -> dict:
        """Return the arguments that make this metric again; of one's own, those that it keeps under their names."""
        known = inspect.signature(type(self)).parameters
        names = [name for name in known if known[name].kind is not inspect.Parameter.VAR_KEYWORD]
        names += ["name"] * ("name" not in names and len(names) < len(known))
        return {name: getattr(self, name) for name in names if hasattr(self, name)}

    @classmethod
    def from_config(cls, config: dict):
        """Return a new metric from what `get_config` returned."""
        return cls(**config)


class _Averaged(Metric):
    """A metric that adds up values and their weights."""

    def reset_state(self):
        self.total = self.count = 0.0

    def add(self, values, sample_weight):
        values = np.asarray(values)
        if sample_weight is None:
            # of yes and no they are counted, which takes a tenth of the time
            self.total += np.count_nonzero(values) if values.dtype == bool else values.sum(dtype=np.float64)
            self.count += values.size
        else:
            w = spread(self, sample_weight, values)
            self.total += (values * w).sum()
            self.count += w.sum()

    def result(self):
        return float(self.total / self.count) if self.count else 0.0


class Mean(_Averaged):
    """The mean of numbers, such as the losses of a training loop: `update_state(values, sample_weight=None)`.

    >>> mean = Mean()
    >>> mean.update_state([1.0, 2.0])
    >>> mean.update_state(6.0)
    >>> mean.result()
    3.0
    """

    def __call__(self, values, sample_weight=None):  # type: ignore[override]
        self.add(values, sample_weight)
        return self.result()

    def update_state(self, values, sample_weight=None):  # type: ignore[override]
        self.add(values, sample_weight)


class Sum(Mean):
    """The sum of numbers: `update_state(values, sample_weight=None)`."""

    def result(self):
        return float(self.total)


class MeanOf(_Averaged):
    """A metric that is the (weighted) mean of one value per prediction."""

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.add(self.values(np.asarray(y_true), np.asarray(y_pred)), sample_weight)

    def values(self, y_true, y_pred):
        raise NotImplementedError(f"{type(self).__name__} must define values(y_true, y_pred)")


def spread(metric, sample_weight, values) -> np.ndarray:
    """Return one weight for each value; the weight of an example is that of all its values."""
    given = np.asarray(sample_weight)
    w = given.astype(np.float64)
    if given.dtype.kind != "b":  # a mask, as each batch may bring one, needs no look
        check_weights(metric, w)
    while w.ndim > values.ndim and w.shape[-1] == 1:  # a column of weights
        w = w[..., 0]
    if w.shape != values.shape[: w.ndim] and w.shape != (1,) * w.ndim:
        raise ValueError(
            f"{name_of(metric)}: expected one weight per example, ({len(values) if values.ndim else 1},). "
            f"Received sample_weight of shape {w.shape}."
        )
    return np.broadcast_to(w.reshape(w.shape + (1,) * (values.ndim - w.ndim)), values.shape)


def wanted_number(metric, name, value, low=0, high=1, whole=False):
    """Return an argument as Python's own number between low and high, or raise ValueError."""
    kinds = (int, np.integer) if whole else (int, float, np.number)
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
        bounds = f">= {low:g}" if high == float("inf") else f"between {low:g} and {high:g}"
        raise ValueError(f"{type(metric).__name__}: {name} is a {'whole ' * whole}number {bounds}. Received: {value!r}")
    return value.item() if isinstance(value, np.generic) else value
