"""One step at a time: compile, checks of what comes in, a step, its judgement, and the forms for one batch."""

from typing import Any, NamedTuple

import numpy as np

from edunet import optimizers
from edunet.interrupt import finish_first
from edunet.layers.layer import Layer
from edunet.layers.phase import trial
from edunet.models.examples import check_examples, is_on_disk, take_rows
from edunet.models.frozen import nothing_to_learn
from edunet.models.objective import Objective
from edunet.models.sample_weights import by_class, check_weights
from edunet.names import refuse_unknown
from edunet.tensor import Tensor, as_array, gradients, is_recording, no_gradients

__all__ = ["Learner", "answer"]

FOR_GRAPHS = (
    "run_eagerly",
    "jit_compile",
    "steps_per_execution",
    "auto_scale_loss",
)  # how Keras runs, not what it does
OWN_STEPS = ("train_step", "test_step", "compute_loss", "compute_metrics")  # Keras would call them


class _Plan(NamedTuple):
    """What every step needs to know of the layers."""

    learning: list  # weights that the optimizer changes
    penalized: list  # layers with regularizers
    constrained: list  # pairs (weight, constraint)

    def losses(self, model) -> list:
        """Return the penalties of the step that the model is called for; the tapes of older ones are let go."""
        found = []
        for layer in self.penalized:
            if layer._call is not model._call:  # somebody else has called it
                layer._penalties = []
            found += layer.own_losses()
            layer._penalties = []
        return found


class Learner(Layer):
    """What a model can do with one batch once it has layers."""

    optimizer: optimizers.Optimizer | Any = None  # each is None at first: an Optimizer from `compile` on,
    objective: Objective | Any = None  # an Objective once the shapes of the outputs are known
    stop_training = False
    _compiled: Any = None  # loss, loss_weights, metrics and weighted_metrics, as `compile` was given them
    sentinel: Any = None  # TerminateOnNaN, while it watches
    output_shapes: list[tuple] | None = None  # known once the model is drawn, or has seen data
    output_names: list[str] | None = None
    answers_by_name = False  # True: in a dict
    input_names: list[str] | None = None
    asks_by_name = False  # True: a `call` of one's own is given a dict

    def compile(
        self, optimizer="rmsprop", loss=None, metrics=None, loss_weights=None, weighted_metrics=None, **unknown
    ) -> None:
        """Say how to learn.

        Args: optimizer, a name ("adam") or an object; loss, a name, an object or a function(y_true, y_pred) of
        Tensors, with several outputs a list or a dict by output name; metrics, a list of the same kinds, that count
        every example alike; loss_weights, the share of each output in the total; weighted_metrics, those that count
        examples by their sample_weight and class_weight. With several outputs None stands for a loss that one has not.
        run_eagerly, jit_compile, steps_per_execution and auto_scale_loss, as in Keras, change nothing here.
        """
        known = ("optimizer", "loss", "metrics", "loss_weights", "weighted_metrics")
        refuse_unknown("compile", {k: v for k, v in unknown.items() if k not in FOR_GRAPHS}, known)
        self._refuse_own("compile", *OWN_STEPS)
        optimizer = optimizers.get(optimizer)
        self._refuse_shared(optimizer)
        self.optimizer = optimizer
        self._compiled = (loss, loss_weights, metrics, weighted_metrics)
        self.objective = None
        if loss is None:
            raise ValueError(
                "compile: which loss? For classes as whole numbers: loss='sparse_categorical_crossentropy'."
            )
        if self.output_shapes is not None:
            self._set_objective(self.output_shapes)

    @property
    def loss(self):
        """The loss as `compile` was given it; None before."""
        return self._compiled and self._compiled[0]

    @property
    def metrics(self) -> list:
        """The metrics of all outputs, one after the other; none before the outputs are known."""
        if self.objective is None:
            return []
        return [
            m
            for pair in zip(self.objective.metrics, self.objective.weighted, strict=True)
            for part in pair
            for m in part
        ]

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, in its order: "loss" first; none before the outputs are known."""
        return [] if self.objective is None else list(self.objective.results())

    def _refuse_own(self, method: str, *steps) -> None:
        """Raise TypeError if a subclass hopes that its own step is called: it would be ignored in silence."""
        for name in steps:
            if hasattr(type(self), name):
                raise TypeError(
                    f"{method}: {type(self).__name__} defines {name}, which is not called here: the steps of fit are "
                    "fixed. Leave compile and fit away and write the loop: for x, y in batches: loss = ...; "
                    "weights = model.trainable_weights; "
                    "optimizer.apply_gradients(zip(edunet.gradients(loss, weights), weights))."
                )

    def _refuse_shared(self, optimizer) -> None:
        """Raise ValueError if the optimizer has counted the steps of weights of which this model has none."""
        own = {id(w) for w in self.weights}
        if own and optimizer.state and not any(id(w) in own for w in optimizer.state):
            kind = type(optimizer).__name__
            raise ValueError(
                f"this {kind} has taken {optimizer.iterations} steps with the weights of another model, and would go "
                f"on counting. Make a new one for each model: model.compile({kind}(...), ...)."
            )

    def _names_of_outputs(self) -> list[str]:
        return self.output_names or [f"output_{i + 1}" for i in range(len(self.output_shapes or [()]))]

    def _warn_anew(self) -> None:
        """Begin a training or an evaluation, in which each warning is given once."""
        if self.objective is not None:
            self.objective.told.clear()

    def _set_objective(self, shapes):
        loss, loss_weights, metrics, weighted_metrics = self._compiled
        names = self._names_of_outputs()
        self.objective = Objective(loss, loss_weights, metrics, weighted_metrics, names, shapes)

    # ---- getting ready

    def _ready(self, x, y, sample_weight=None) -> tuple[list, list, list | None]:
        """Check everything that can be known before the first batch; return arrays x, y and weights."""
        if self.optimizer is None:
            raise RuntimeError("the model does not know how to learn yet: call model.compile(optimizer, loss) first.")
        xs = self._inputs(x)
        if y is None:
            raise ValueError("y is missing: expected one label per example.")
        if isinstance(y, dict) and self.output_names is None:
            self._shapes_of_outputs(xs)  # a `call` that returns a dict tells the names
        ys = check_examples(y, "y", self.output_names)
        for labels in ys:
            if labels.shape[0] != xs[0].shape[0]:
                raise ValueError(
                    f"x has {xs[0].shape[0]} examples, y has {labels.shape[0]}: expected one label for each. "
                    "Were they cut or filtered differently?"
                )
        if self.objective is None:
            self._set_objective(self._shapes_of_outputs(xs))
        self.objective.check(ys)
        return xs, ys, check_weights(sample_weight, xs[0].shape[0], self.objective.outputs)

    def _batch(self, item, class_weight=None) -> tuple[list, list, list | None]:
        """Check one batch that an object or a generator made: (x, y) or (x, y, sample_weight)."""
        if not isinstance(item, (tuple, list)) or len(item) not in (2, 3):
            found = f"{len(item)} things" if isinstance(item, (tuple, list)) else type(item).__name__
            raise ValueError(
                f"x gives batches: each is (x, y) or (x, y, sample_weight), with many examples. Received {found}."
            )
        if isinstance(item[1], (int, float, np.generic)) or getattr(item[1], "ndim", 1) == 0:
            raise ValueError(
                f"x gives batches: item i is a batch of many examples, x (n, ...) with y (n, ...). Received one "
                f"example, x of shape {np.shape(item[0])} with the label {item[1]}. Collect several, np.stack of the "
                "x and np.array of the y, as a DataLoader of PyTorch does; a single one is x[None] with [y]."
            )
        xs, ys, weights = self._ready(*item)
        xs, ys = self._loaded(xs), [np.asarray(a) for a in ys]
        return xs, ys, by_class(class_weight, ys, weights, self.objective)

    def _learn_names(self, x: dict) -> None:
        """Let the first data that a `call` of one's own understands tell the names of its inputs."""
        if self.output_shapes is None and (self.input_names is None or self.asks_by_name):
            self.input_names, self.asks_by_name = list(x), True

    def fit_to_inputs(self, xs) -> None:
        """Make the weights if they still wait for the shape of the data. (A Sequential without input_shape does.)"""

    def adjust_rank(self, xs: list[np.ndarray]) -> list[np.ndarray]:
        """Return the data with the axes that the inputs ask for, or say what does not fit."""
        return xs

    def _inputs(self, x) -> list:
        if isinstance(x, dict):
            self._learn_names(x)
        xs = check_examples(x, "x", self.input_names)
        self.fit_to_inputs(xs)
        if all([isinstance(a, np.ndarray) for a in xs]):
            return self.adjust_rank(xs)
        # what is on disk stays there: only its shape is looked at, its batches are adjusted when they are read
        shapes = [a if isinstance(a, np.ndarray) else np.broadcast_to(np.zeros((), a.dtype), a.shape) for a in xs]
        adjusted = self.adjust_rank(shapes)
        return [b if isinstance(a, np.ndarray) else a for a, b in zip(xs, adjusted, strict=True)]

    def _loaded(self, xs) -> list[np.ndarray]:
        """Return all rows in memory."""
        if not any(is_on_disk(a) for a in xs):
            return xs
        return self.adjust_rank([take_rows(a, slice(None)) for a in xs])

    def _shapes_of_outputs(self, xs):
        if self.output_shapes is None:
            with trial(), no_gradients():
                self._forward(self.adjust_rank([take_rows(a, slice(0, 1)) for a in xs]), training=False)
        return self.output_shapes

    def _forward(self, xs, training):
        """Return the outputs for one batch as a list."""
        inputs = dict(zip(self.input_names or [], xs, strict=True)) if self.asks_by_name else xs
        outputs = self(xs[0] if inputs is xs and len(xs) == 1 else inputs, training=training)
        if isinstance(outputs, dict):
            outputs = self._named(outputs)
        outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
        if self.output_shapes is None:
            self.output_shapes = [(None, *out.shape[1:]) for out in outputs]
        return outputs

    def _named(self, outputs: dict) -> list:
        """Return the outputs in the order of their names, which a `call` of one's own tells when it is first called."""
        if self.output_names is None:
            self.output_names, self.answers_by_name = sorted(outputs), True
        if sorted(outputs) != self.output_names:
            raise ValueError(f"{self.name}: call returned {sorted(outputs)}, before that {self.output_names}.")
        return [outputs[name] for name in self.output_names]

    def as_drawn(self, outputs: list):
        """Return the outputs as the model gives them: one alone, a list, or a dict."""
        if self.answers_by_name:
            return dict(zip(self.output_names or [], outputs, strict=True))
        return outputs[0] if len(outputs) == 1 else outputs

    # ---- one batch

    def _plan_steps(self) -> _Plan:
        """Look through the layers once for many steps. Drawn models know their weights before they see data."""
        layers = self.with_inner()
        constrained = [pair for layer in layers for pair in layer.own_constraints]
        return _Plan(self.learning_among(layers), [layer for layer in layers if layer.is_penalized], constrained)

    def _learn(self, xs, ys, weights, plan=None):
        """Take one step; return what the next one can go on with, unless somebody has changed the layers meanwhile."""
        outputs = self._forward(xs, training=True)
        if plan is None:  # only now: a model that is not drawn may have just made its weights
            plan = self._plan_steps()
            if not any(w in self.optimizer.state for w in plan.learning):
                self._refuse_shared(self.optimizer)
            if not plan.learning:
                self.objective.warn_once("nothing to learn", nothing_to_learn(self))
        loss = self.objective.loss(ys, outputs, weights, plan.losses(self))
        if plan.learning:
            self._refuse_dead_end(loss)
        if self.sentinel is not None and not self.sentinel.allows(float(loss), xs):
            return plan
        if plan.learning:
            self.optimizer.apply(gradients(loss, plan.learning), plan.learning)
            for weight, constraint in plan.constrained:
                weight.data[...] = constraint(weight.data)
        if self.sentinel is not None:
            self.sentinel.after_step()
        return plan

    def _refuse_dead_end(self, loss) -> None:
        """Raise for a loss that is not on the tape."""
        if isinstance(loss, Tensor) and loss.made_by is not None:
            return
        if not is_recording():
            raise RuntimeError("nothing can be learnt here: fit was called inside edunet.no_gradients().")
        raise ValueError(
            "nothing can be learnt from this loss: no gradient goes back from it to the weights, for NumPy has "
            "computed it, or what the model answers. In a loss of your own use the arithmetic of Tensors (y_pred - "
            "y_true, **, .mean()) and edunet.ops in place of np.* and y_pred.numpy()."
        )

    def _judge(self, xs, ys, weights, plan=None):
        """Measure one batch; return what the next one can go on with."""
        # recorded, though no gradient is wanted: so the loss sees the scores behind a softmax, as it does in `fit`
        outputs = self._forward(xs, training=False)
        plan = plan or self._plan_steps()
        self.objective.loss(ys, outputs, weights, plan.losses(self))
        return plan

    def _one_batch(self, act, x, y, sample_weight, class_weight, return_dict):
        xs, ys, weights = self._ready(x, y, sample_weight)
        xs, ys = self._loaded(xs), [np.asarray(a) for a in ys]
        self.objective.reset()
        with finish_first():
            act(xs, ys, by_class(class_weight, ys, weights, self.objective))
        return answer(self.objective.results(), return_dict)

    def train_on_batch(self, x, y, sample_weight=None, class_weight=None, return_dict=False):
        """Take one step with one batch; return its loss, followed by the metrics if there are any."""
        return self._one_batch(self._learn, x, y, sample_weight, class_weight, return_dict)

    def test_on_batch(self, x, y, sample_weight=None, return_dict=False):
        """Return the loss of one batch, followed by the metrics if there are any."""
        return self._one_batch(self._judge, x, y, sample_weight, None, return_dict)

    def predict_on_batch(self, x):
        """Return the outputs for one batch as arrays."""
        self._refuse_own("predict_on_batch", "predict_step")
        xs = self._loaded(self._inputs(x))
        with no_gradients():
            return self.as_drawn([np.array(as_array(out)) for out in self._forward(xs, training=False)])  # never x


def answer(results: dict, return_dict: bool):
    """Return the results as Keras does: a dict, a list, or the loss alone."""
    values = list(results.values())
    return results if return_dict else values[0] if len(values) == 1 else values
