"""Cells: what a recurrent layer does in one step, and the weights it does it with."""

import numbers

import numpy as np

from edunet import activations, constraints, initializers, ops, regularizers
from edunet.backend import default_rng
from edunet.layers.dense import whole
from edunet.layers.layer import Layer
from edunet.tensor import concatenate, matmul, multiply

__all__ = ["Cell", "Gates", "StackedRNNCells", "check_cell", "first_states", "flag", "sizes_of"]


class Gates(Layer):
    """The weights of g gates and what they make of one step. A cell has them, and a layer that reads whole sequences.

    Args: units U; activation of the new state; use_bias; for kernel, recurrent and bias an initializer, a regularizer
    and a constraint each; dropout and recurrent_dropout, the share of inputs and of states that is silenced while
    learning, the same ones at all steps of a sequence; seed of these.
    Weights: kernel (D, g·U), recurrent_kernel (U, g·U), bias.
    """

    gates = 1

    def __init__(
        self,
        units,
        activation="tanh",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        kind = type(self).__name__
        self.units = whole(kind, "units", units)
        self.activation = activations.get(activation)
        self.use_bias = flag(kind, "use_bias", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = _share(kind, "dropout", dropout)
        self.recurrent_dropout = _share(kind, "recurrent_dropout", recurrent_dropout)
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0):
            raise ValueError(f"{kind}: seed is a whole number >= 0 or None. Received: {seed!r}")
        self.seed = seed
        self._rng = None if seed is None else np.random.default_rng(seed)
        self._silenced: dict[str, list[np.ndarray]] = {}  # what dropout silences in the sequence at hand

    @property
    def state_size(self):
        """The width of the state; of several states a list."""
        return self.units

    def bias_shape(self):
        return (self.gates * self.units,)

    def build(self, input_shape):
        width = self.gates * self.units
        self.kernel = self._weight("kernel", "kernel", (input_shape[-1], width))
        self.recurrent_kernel = self._weight("recurrent_kernel", "recurrent", (self.units, width))
        self.bias = self._weight("bias", "bias", self.bias_shape()) if self.use_bias else None

    def _weight(self, name, prefix, shape):
        rules = {rule: getattr(self, f"{prefix}_{rule}") for rule in ("initializer", "regularizer", "constraint")}
        return self.add_weight(shape, name=name, **rules)

    @property
    def has_kernel(self) -> bool:
        """Whether the formula in `edunet.ops`, which reads the whole sequence at once, knows these activations."""
        return False

    def step(self, x, states, training=False):
        """Return y (N,U) and the new states, from one step x (N,D) and the states before."""
        raise NotImplementedError(f"{type(self).__name__} must define step(x, states, training)")

    # ---- dropout, drawn once for each sequence

    def new_sequence(self) -> None:
        """Forget what was silenced: the next step begins another sequence."""
        self._silenced = {}

    def silence(self, name, x, rate, ways, training) -> list:
        """Return x as each of so many gates reads it, or [x] where nothing is silenced. x (N,D), or (N,T,D)."""
        if not (training and rate):
            return [x]
        shape = (x.shape[0], *(1,) * (len(x.shape) - 2), x.shape[-1])
        masks = self._silenced.get(name)
        if masks is None or masks[0].shape != shape:
            rng = self._rng or default_rng()
            masks = [ops.dropout(np.ones(shape, self.dtype), rate=rate, rng=rng) for _ in range(ways)]
            self._silenced[name] = masks
        return [multiply(x, mask) for mask in masks]

    def read_by_gates(self, x, h, training) -> tuple[list, list]:
        """Return x and h as the gates read them: alike, or each gate with a silence of its own, as in Keras."""
        ways = self.gates if self.recurrent_dropout else 1
        xs = self.silence("x", x, self.dropout, ways, training)
        return xs, self.silence("h", h, self.recurrent_dropout, ways, training)

    def times(self, parts: list, w):
        """Return x w for all gates side by side (N, g·U), where parts are x as the gates read it."""
        if len(parts) == 1:
            return matmul(parts[0], w)
        U = self.units
        return concatenate(*[matmul(x, w[:, k * U : (k + 1) * U]) for k, x in enumerate(parts)])


class Cell(Gates):
    """One step of a recurrent layer as a layer: `cell(x_t, states) -> (y_t, new_states)`."""

    def build(self, input_shape):
        if len(input_shape) != 2:
            raise ValueError(
                f"{type(self).__name__} reads one step (N, D). Received shape {tuple(input_shape)}. "
                f"For whole sequences type RNN({type(self).__name__}({self.units}))."
            )
        super().build(input_shape)

    def call(self, x, states, training=False):  # type: ignore[override]  # other layers have one input
        several = isinstance(states, (list, tuple))
        y, new = self.step(x, list(states) if several else [states], training)
        return y, new if several else new[0]

    def _draw(self, args, kwargs):
        kind = type(self).__name__
        raise TypeError(f"{kind} does a single step. In a drawn model type RNN({kind}({self.units}))(x).")

    def get_initial_state(self, batch_size=None):
        """Return the states before the first step: zeros."""
        return [np.zeros((batch_size, size), self.dtype) for size in sizes_of(self)]


class StackedRNNCells(Layer):
    """Several cells as one: each reads at every step what the one before has given.

    Args: cells, a list. The states stand in one list, those of the first cell first (in Keras: a list for each cell).

    >>> from edunet.layers import RNN, GRUCell
    >>> RNN(StackedRNNCells([GRUCell(16), GRUCell(4)]))(np.zeros((2, 10, 3))).shape
    (2, 4)
    """

    def __init__(self, cells, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(cells, (list, tuple)) or not cells:
            raise TypeError(
                f"StackedRNNCells takes a list of cells, such as [GRUCell(8), GRUCell(8)]. Received: {cells!r}"
            )
        for cell in cells:
            check_cell(cell)
        self.cells = list(cells)

    @property
    def state_size(self):
        return [size for cell in self.cells for size in sizes_of(cell)]

    @property
    def output_size(self):
        return _width(self.cells[-1])

    def build(self, input_shape):
        for cell in self.cells:
            if not cell.built:
                cell.build(tuple(input_shape))
            input_shape = (input_shape[0], _width(cell))

    def new_sequence(self):
        for cell in self.cells:
            if hasattr(cell, "new_sequence"):
                cell.new_sequence()

    def get_initial_state(self, batch_size=None):
        """Return the states of all cells before the first step."""
        return [state for cell in self.cells for state in first_states(cell, batch_size)]

    def call(self, x, states):  # type: ignore[override]  # as Cell
        after: list = []
        states = list(states)
        for cell in self.cells:
            own, states = states[: len(sizes_of(cell))], states[len(sizes_of(cell)) :]
            x, new = cell(x, own)
            after += new if isinstance(new, (list, tuple)) else [new]
        return x, after


def sizes_of(cell) -> list[int]:
    """Return the widths of a cell's states."""
    sizes = cell.state_size
    return list(sizes) if isinstance(sizes, (list, tuple)) else [sizes]


def check_cell(cell) -> None:
    """Raise TypeError for what is no cell, ValueError if its state_size is no number."""
    if not isinstance(cell, Layer) or not hasattr(cell, "state_size") or hasattr(cell, "return_sequences"):
        hint = f" Type {type(cell).__name__}Cell(...)." if hasattr(cell, "return_sequences") else ""
        raise TypeError(
            "a cell is a Layer with call(x_t, states) -> (y_t, new_states) and state_size, the width of its state "
            f"or a list of widths. Received: {cell!r}.{hint}"
        )
    for size in sizes_of(cell):
        whole(type(cell).__name__, "state_size", size)


def first_states(cell, n: int) -> list:
    """Return the states of a cell before the first step of n sequences: its own, or zeros."""
    if hasattr(cell, "get_initial_state"):
        states = cell.get_initial_state(batch_size=n)
        return list(states) if isinstance(states, (list, tuple)) else [states]
    return [np.zeros((n, size), cell.dtype) for size in sizes_of(cell)]


def _width(cell) -> int:
    """Return how many numbers a cell gives at a step: output_size, or the width of its first state."""
    return getattr(cell, "output_size", None) or sizes_of(cell)[0]


def flag(layer, name, value) -> bool:
    """Return True or False, or raise TypeError for anything else."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{layer}: {name} is True or False. Received: {value!r}")
    return bool(value)


def _share(layer, name, value) -> float:
    """Return a share, or raise ValueError if it is none."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 <= float(value) < 1:
        raise ValueError(f"{layer}: {name} is a share from 0 to just under 1. Received: {value!r}")
    return float(value)
