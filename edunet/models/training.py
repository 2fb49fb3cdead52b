"""The training loop: compile, fit, evaluate, predict, and their one-batch forms."""

import inspect
from typing import Any, NamedTuple

import numpy as np

from edunet import optimizers
from edunet.backend import default_rng
from edunet.callbacks import Callback, CallbackList, History, ProgressBar
from edunet.interrupt import finish_first, steps_to_finish
from edunet.layers.dense import whole
from edunet.layers.layer import Layer, trial
from edunet.models import data
from edunet.models.objective import Objective
from edunet.names import refuse_unknown
from edunet.tensor import Tensor, as_array, gradients, no_gradients

__all__ = ["Trainable"]


class _Plan(NamedTuple):
    """What every step needs to know of the layers."""

    learning: list  # weights that the optimizer changes
    penalized: list  # layers with regularizers
    constrained: list  # pairs (weight, constraint)

    def losses(self) -> list:
        return [loss for layer in self.penalized for loss in layer.own_losses()]


class Trainable(Layer):
    """What a model can do with data once it has layers. `Model` inherits it."""

    optimizer: optimizers.Optimizer | Any = None  # each is None at first: an Optimizer from `compile` on,
    objective: Objective | Any = None  # an Objective once the shapes of the outputs are known,
    history: History | Any = None  # and the History of the last `fit`
    stop_training = False
    output_shapes: list[tuple] | None = None  # known once the model is drawn, or has seen data
    output_names: list[str] | None = None

    def compile(self, optimizer="rmsprop", loss=None, metrics=None, loss_weights=None, **unknown) -> None:
        """Say how to learn.

        Args: optimizer, a name ("adam") or an object; loss, a name, an object or a function(y_true, y_pred) of
        Tensors, with several outputs a list or a dict by output name; metrics, a list of the same kinds;
        loss_weights, the share of each output in the total.
        """
        refuse_unknown("compile", unknown, ("optimizer", "loss", "metrics", "loss_weights"))
        self.optimizer = optimizers.get(optimizer)
        self._compiled = (loss, loss_weights, metrics)
        self.objective = None
        if loss is None:
            raise ValueError(
                "compile: which loss? For classes as whole numbers: loss='sparse_categorical_crossentropy'."
            )
        if self.output_shapes is not None:
            self._set_objective(self.output_shapes)

    def _set_objective(self, shapes):
        names = self.output_names or [f"output_{i + 1}" for i in range(len(shapes))]
        self.objective = Objective(*self._compiled, names, shapes)

    # ---- getting ready

    def _ready(self, x, y, sample_weight=None) -> tuple[list, list, np.ndarray | None]:
        """Check everything that can be known before the first batch; return arrays x, y and weights."""
        if self.optimizer is None:
            raise RuntimeError("the model does not know how to learn yet: call model.compile(optimizer, loss) first.")
        xs = self._inputs(x)
        if y is None:
            raise ValueError("y is missing: expected one label per example.")
        ys = data.check_examples(y, "y")
        for labels in ys:
            if len(labels) != len(xs[0]):
                raise ValueError(
                    f"x has {len(xs[0])} examples, y has {len(labels)}: expected one label for each. "
                    "Were they cut or filtered differently?"
                )
        if self.objective is None:
            self._set_objective(self._shapes_of_outputs(xs))
        self.objective.check(ys)
        return xs, ys, data.check_weights(sample_weight, len(xs[0]))

    def fit_to_inputs(self, xs) -> None:
        """Make the weights if they still wait for the shape of the data. (A Sequential without input_shape does.)"""

    def adjust_rank(self, xs: list[np.ndarray]) -> list[np.ndarray]:
        """Return the data with the axes that the inputs ask for, or say what does not fit."""
        return xs

    def _inputs(self, x) -> list[np.ndarray]:
        xs = data.check_examples(x)
        self.fit_to_inputs(xs)
        return self.adjust_rank(xs)

    def _shapes_of_outputs(self, xs):
        if self.output_shapes is None:
            with trial(), no_gradients():
                self._forward([a[:1] for a in xs], training=False)
        return self.output_shapes

    def _forward(self, xs, training):
        """Return the outputs for one batch as a list."""
        outputs = self(xs[0] if len(xs) == 1 else xs, training=training)
        outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
        if self.output_shapes is None:
            self.output_shapes = [(None, *out.shape[1:]) for out in outputs]
        return outputs

    # ---- one batch

    def _plan_steps(self) -> _Plan:
        """Look through the layers once for many steps. Drawn models know their weights before they see data."""
        layers = self.with_inner()
        return _Plan(self.trainable_weights, [p for p in layers if p.is_penalized], self.constrained_weights)

    def _learn(self, xs, ys, weights, plan=None):
        """Take one step; return what the next one can go on with, unless somebody has changed the layers meanwhile."""
        outputs = self._forward(xs, training=True)
        plan = plan or self._plan_steps()  # only now: a model that is not drawn may have just made its weights
        loss = self.objective.loss(ys, outputs, weights, plan.losses())
        if plan.learning and (not isinstance(loss, Tensor) or loss.made_by is None):
            raise RuntimeError("nothing can be learnt here: fit was called inside edunet.no_gradients().")
        if plan.learning:
            self.optimizer.apply(gradients(loss, plan.learning), plan.learning)
            for weight, constraint in plan.constrained:
                weight.data[...] = constraint(weight.data)
        return plan

    def _judge(self, xs, ys, weights):
        # recorded, though no gradient is wanted: so the loss sees the scores behind a softmax, as it does in `fit`
        outputs = self._forward(xs, training=False)
        self.objective.loss(ys, outputs, weights, self.losses)

    def _one_batch(self, act, x, y, sample_weight, class_weight, return_dict):
        xs, ys, weights = self._ready(x, y, sample_weight)
        self.objective.reset()
        with finish_first():
            act(xs, ys, data.by_class(class_weight, ys[0], weights))
        return _answer(self.objective.results(), return_dict)

    def train_on_batch(self, x, y, sample_weight=None, class_weight=None, return_dict=False):
        """Take one step with one batch; return its loss, followed by the metrics if there are any."""
        return self._one_batch(self._learn, x, y, sample_weight, class_weight, return_dict)

    def test_on_batch(self, x, y, sample_weight=None, return_dict=False):
        """Return the loss of one batch, followed by the metrics if there are any."""
        return self._one_batch(self._judge, x, y, sample_weight, None, return_dict)

    def predict_on_batch(self, x):
        """Return the outputs for one batch as arrays."""
        xs = self._inputs(x)
        with no_gradients():
            outputs = [np.array(as_array(out)) for out in self._forward(xs, training=False)]  # never x itself
        return outputs[0] if len(outputs) == 1 else outputs

    # ---- many batches

    def fit(
        self,
        x=None,
        y=None,
        batch_size=32,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
        class_weight=None,
        sample_weight=None,
        initial_epoch=0,
        **unknown,
    ) -> History:
        """Learn from examples; return the History, whose `.history` is a dict of lists, one value per epoch.

        Args: x, examples (N,...), or a list of arrays for several inputs; y, labels (N,...); batch_size; epochs;
        verbose, 0 for silence; validation_split, the share of the last rows (before shuffling) to judge by, or
        validation_data (x, y[, sample_weight]); class_weight {class: weight}; sample_weight (N,).
        Ctrl-C stops after the batch in hand: the model keeps its weights, `model.history` the finished epochs.
        Raises ValueError or TypeError, before the first batch, for data that cannot be learnt from.
        """
        refuse_unknown("fit", unknown, inspect.signature(self.fit).parameters)
        batch_size, epochs = _size("fit", batch_size), whole("fit", "epochs", epochs)
        if isinstance(initial_epoch, bool) or not isinstance(initial_epoch, int) or initial_epoch < 0:
            raise ValueError(f"fit: initial_epoch is a whole number >= 0. Received: {initial_epoch!r}")
        xs, ys, weights = self._ready(x, y, sample_weight)
        held_out = None
        if validation_data is not None:
            if not isinstance(validation_data, (tuple, list)) or len(validation_data) not in (2, 3):
                raise ValueError("validation_data is a pair (x, y), or (x, y, sample_weight).")
            held_out = self._ready(*validation_data)
        elif validation_split != 0:
            train, last = data.split_validation([*xs, *ys, weights], validation_split)
            k = len(xs)
            (xs, ys, weights), held_out = (train[:k], train[k:-1], train[-1]), (last[:k], last[k:-1], last[-1])
        weights = data.by_class(class_weight, ys[0], weights)  # after the split: validation is not weighed by class
        n = len(xs[0])
        self.stop_training = False
        self.history = History()
        callbacks = [callbacks] if isinstance(callbacks, Callback) else list(callbacks or [])
        watchers = CallbackList([self.history, *callbacks, *ProgressBar.wanted(verbose)], self)
        watchers.call("on_train_begin", steps=-(-n // batch_size), epochs=epochs)
        try:
            with steps_to_finish() as step_to_finish:
                for epoch in range(initial_epoch, epochs):
                    watchers.call("on_epoch_begin", epoch)
                    self.objective.reset()
                    plan = None  # a callback may have frozen a layer
                    for step, rows in enumerate(data.batches(n, batch_size, default_rng() if shuffle else None)):
                        with step_to_finish(lambda: self._stopped(epoch, step)):  # noqa: B023, called at once
                            plan = self._learn(
                                data.take_rows(xs, rows),
                                data.take_rows(ys, rows),
                                weights if weights is None else weights[rows],
                                plan,
                            )
                        if watchers.batch_end(step, self.objective.results):
                            plan = None
                    logs = self.objective.results()
                    if held_out is not None:
                        logs |= {f"val_{k}": v for k, v in self._evaluate(*held_out, batch_size).items()}
                    watchers.call("on_epoch_end", epoch, logs)
                    if self.stop_training:
                        break
        except BaseException as error:
            watchers.give_up()
            if isinstance(error, KeyboardInterrupt) and not error.args:  # it came between two batches
                raise KeyboardInterrupt(self._stopped(epoch)) from None
            raise
        watchers.call("on_train_end")
        return self.history

    def _stopped(self, epoch, step=None) -> str:
        after = "" if step is None else f" after batch {step + 1}"
        return (
            f"stopped in epoch {epoch + 1}{after}. The model keeps the weights of the last finished batch; "
            f"model.history holds {len(self.history.epoch)} finished epochs."
        )

    def evaluate(self, x=None, y=None, batch_size=32, verbose="auto", sample_weight=None, return_dict=False):
        """Return the loss on examples that were not learnt from, followed by the metrics if there are any."""
        xs, ys, weights = self._ready(x, y, sample_weight)
        results = self._evaluate(xs, ys, weights, _size("evaluate", batch_size))
        for bar in ProgressBar.wanted(verbose):
            bar.say("evaluate", results)
        return _answer(results, return_dict)

    def _evaluate(self, xs, ys, weights, batch_size):
        self.objective.reset()
        for rows in data.batches(len(xs[0]), batch_size):
            self._judge(
                data.take_rows(xs, rows), data.take_rows(ys, rows), weights if weights is None else weights[rows]
            )
        return self.objective.results()

    def predict(self, x, batch_size=32, verbose=0):
        """Return the outputs for all examples as one array, or a list of arrays for several outputs."""
        xs = self._inputs(x)
        parts = []
        with no_gradients():
            for rows in data.batches(len(xs[0]), _size("predict", batch_size)):
                parts.append([as_array(out) for out in self._forward(data.take_rows(xs, rows), training=False)])
        outputs = [np.concatenate(batch) for batch in zip(*parts, strict=True)]
        return outputs[0] if len(outputs) == 1 else outputs


def _size(method: str, batch_size) -> int:
    return 32 if batch_size is None else whole(method, "batch_size", batch_size)


def _answer(results: dict, return_dict: bool):
    values = list(results.values())
    return results if return_dict else values[0] if len(values) == 1 else values
