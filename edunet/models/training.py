"""Many batches: fit, evaluate, predict."""

from typing import Any

import numpy as np

from edunet.callbacks import BackupAndRestore, CallbackList, Checkpoint, History, ProgressBar
from edunet.callbacks.callback_list import listed
from edunet.layers.arguments import arguments
from edunet.layers.dense import whole
from edunet.models.examples import gives_batches
from edunet.models.feeds import Batches, Rows, Stream, split_rows
from edunet.models.learner import Learner, answer
from edunet.models.loop import Loop, batches_of, evaluate_batches
from edunet.models.sample_weights import by_class
from edunet.names import refuse_unknown
from edunet.tensor import as_array, no_gradients

__all__ = ["Trainable"]


_NOBODY = CallbackList([], None)  # hears what `predict` and `evaluate` tell, if they were given no callbacks


class Trainable(Learner):
    """What a model can do with data once it has layers. `Model` inherits it."""

    history: History | Any = None  # the History of the last `fit`
    _loop: Loop | None = None  # the training that is going on

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
        class_weight=None,
        sample_weight=None,
        initial_epoch=0,
        steps_per_epoch=None,
        validation_steps=None,
        validation_batch_size=None,
        validation_freq=1,
        resume=None,
        **unknown,
    ) -> History:
        """Learn from examples; return the History, whose `.history` is a dict of lists, one value per epoch.

        Args: x, examples (N,...): an array, a table, a numpy.memmap or a dataset of h5py, of which only batches are
        read; a list, or a dict by input name, for several inputs. Or x without y gives batches (x, y) or (x, y,
        sample_weight): an object with `x[i]` and `len(x)`, a generator, what `for` can read. y, labels (N,...);
        batch_size, 32 unless given; epochs; verbose, 0 for silence; validation_split, the share of the last rows
        (before shuffling) to judge by, or validation_data (x, y[, sample_weight]) or what gives batches; shuffle,
        each epoch in another order; class_weight {class: weight}, with several outputs a dict of those by name;
        sample_weight (N,) or (N,T), one for all outputs or a list or dict; steps_per_epoch, validation_steps, batches
        in place of all; validation_batch_size; validation_freq, every so many epochs, or a list of epochs counted
        from 1; resume, a file of `callbacks.Checkpoint`, to go on as if this training had never stopped: all else is
        given as before, and refused if it differs. What the file holds and what not is told there.
        Ctrl-C stops after the batch in hand: the model keeps its weights, `model.history` the finished epochs.
        Raises ValueError or TypeError, before the first batch, for data that cannot be learnt from.
        """
        refuse_unknown("fit", unknown, arguments(type(self), "fit"))
        if self._loop is not None:
            raise RuntimeError(
                f"fit of {self.name} was called while a fit of the same model is going on, as from a callback. In a "
                "callback take single steps with model.train_on_batch(x, y), or call fit again after the first."
            )
        if resume is not None:
            from edunet.models import checkpoint  # of files know only those who ask for them

            resume = checkpoint.checked_path(resume)
        batch_size, epochs = _size("fit", "batch_size", batch_size), whole("fit", "epochs", epochs)
        if isinstance(initial_epoch, bool) or not isinstance(initial_epoch, int) or initial_epoch < 0:
            raise ValueError(f"fit: initial_epoch is a whole number >= 0. Received: {initial_epoch!r}")
        steps = steps_per_epoch if steps_per_epoch is None else whole("fit", "steps_per_epoch", steps_per_epoch)
        size = _size("fit", "validation_batch_size", validation_batch_size or batch_size)
        self._warn_anew()
        feed: Rows | Batches | Stream
        held_out: Rows | Batches | Stream | None = None
        if gives_batches(x) and y is None:
            if sample_weight is not None or (validation_split and validation_data is None):
                raise ValueError(
                    "x gives batches: weights come with them, as (x, y, sample_weight), and examples to judge by are "
                    "given as validation_data."
                )
            feed = self._source(x, steps, shuffle, class_weight)
        else:
            xs, ys, weights = self._ready(x, y, sample_weight)
            n = cut = xs[0].shape[0]
            if validation_split != 0 and validation_data is None:
                cut = split_rows(n, validation_split)
                held_out = self._rows(xs, ys, weights, size, validation_steps, rows=(cut, n))
            if class_weight is not None:  # validation is not weighed by class
                own = weights and [w if w is None else w[:cut] for w in weights]
                weights = by_class(class_weight, [a[:cut] for a in ys], own, self.objective)
            feed = self._rows(xs, ys, weights, batch_size, steps, shuffle, (0, cut))
        if validation_data is not None:
            held_out = self._held_out(validation_data, size, validation_steps)
        self.stop_training = False
        self.history = History()
        callbacks = listed(callbacks)
        bars, last = ProgressBar.wanted(verbose), [c for c in callbacks if isinstance(c, Checkpoint)]
        others = [c for c in callbacks if c not in last]
        # History hears first, before others can fail, and again what they added; a checkpoint knows what all have heard
        watchers = CallbackList(
            [self.history, *others, *bars, self.history, *last],
            self,
            epochs=epochs,
            steps=feed.steps,
            verbose=verbose,
            validation=held_out is not None,
        )
        self._loop = Loop(self, feed, held_out, watchers, epochs, initial_epoch, validation_freq, class_weight)
        try:
            self._loop.run(BackupAndRestore.found(last) if resume is None else resume)
        finally:
            self._loop = None
        return self.history

    # ---- where batches come from

    def _rows(self, xs, ys, weights, batch_size, steps, shuffle=False, rows=None) -> Rows:
        steps = None if steps is None else whole("fit", "steps", steps)
        return Rows(xs, ys, weights, batch_size, bool(shuffle), steps, rows, self.adjust_rank)

    def _source(self, x, steps, shuffle=False, class_weight=None) -> Batches | Stream:
        steps = None if steps is None else whole("fit", "steps", steps)
        if self.optimizer is None:
            self._ready(None, None)  # says that compile is missing

        def check(item):
            return self._batch(item, class_weight)

        ordered = hasattr(x, "__getitem__") and hasattr(x, "__len__")
        source = Batches(x, check, bool(shuffle), steps) if ordered else Stream(x, check, steps)
        if self.objective is None:
            source.peek()
        return source

    def _held_out(self, validation_data, batch_size, steps) -> Rows | Batches | Stream:
        if gives_batches(validation_data):
            return self._source(validation_data, steps)
        if not isinstance(validation_data, (tuple, list)) or len(validation_data) not in (2, 3):
            raise ValueError("validation_data is a pair (x, y), or (x, y, sample_weight), or gives such batches.")
        return self._rows(*self._ready(*validation_data), batch_size, steps)

    # ---- without learning

    def evaluate(
        self,
        x=None,
        y=None,
        batch_size=None,
        verbose="auto",
        sample_weight=None,
        steps=None,
        callbacks=None,
        return_dict=False,
    ):
        """Return the loss on examples that were not learnt from, followed by the metrics if there are any.

        Args: x, y, batch_size, sample_weight and callbacks as in `fit`; steps, a number of batches in place of all.
        """
        feed: Rows | Batches | Stream
        self._warn_anew()
        if gives_batches(x) and y is None:
            feed = self._source(x, steps)
        else:
            feed = self._rows(*self._ready(x, y, sample_weight), _size("evaluate", "batch_size", batch_size), steps)
        watchers = self._watchers(callbacks, steps=feed.steps, epochs=1, verbose=verbose)
        results = evaluate_batches(self, feed, watchers)
        for bar in ProgressBar.wanted(verbose):
            bar.say("evaluate", results)
        return answer(results, return_dict)

    def _watchers(self, callbacks, **params) -> CallbackList:
        if not callbacks:
            return _NOBODY
        return CallbackList(listed(callbacks), self, **params)

    def predict(self, x, batch_size=None, verbose=0, steps=None, callbacks=None):
        """Return the outputs for all examples as one array, for several outputs as a list or dict, as they were drawn.

        Args: x as in `fit`; of batches (x, y) only x is looked at; steps, a number of batches in place of all.
        """
        self._refuse_own("predict", "predict_step")
        if gives_batches(x):
            feed: Any = self._unlabelled(x, steps)
        else:
            xs = self._inputs(x)
            feed = self._rows(xs, [], None, _size("predict", "batch_size", batch_size), steps)
        watchers = self._watchers(callbacks, steps=feed.steps, epochs=1, verbose=verbose)
        parts = []
        watchers.call("on_predict_begin", {})
        with no_gradients():
            for step, (xs, _, _) in enumerate(batches_of(feed)):
                watchers.batch_begin("predict", step)
                parts.append([as_array(out) for out in self._forward(xs, training=False)])
                watchers.batch_end("predict", step, lambda: {"outputs": parts[-1]})
        watchers.call("on_predict_end", {})
        return self.as_drawn([np.concatenate(batch) for batch in zip(*parts, strict=True)])

    def _unlabelled(self, x, steps) -> Batches | Stream:
        """Return a source of batches of which only x matters."""
        steps = None if steps is None else whole("predict", "steps", steps)

        def check(item):
            item = item[0] if isinstance(item, (tuple, list)) and item else item
            return self._loaded(self._inputs(item)), [], None

        ordered = hasattr(x, "__getitem__") and hasattr(x, "__len__")
        return Batches(x, check, steps=steps) if ordered else Stream(x, check, steps)

    # ---- stops and goes on

    def save_checkpoint(self, path) -> None:
        """Write what the training that is going on needs to go on after a stop; `callbacks.Checkpoint` calls it.

        Raises RuntimeError outside of `fit`: there `save_weights` writes the model.
        """
        if self._loop is None:
            raise RuntimeError(
                "a checkpoint holds a training that is going on: fit(..., callbacks=[callbacks.Checkpoint(path)]). "
                "For the model alone type model.save_weights(path)."
            )
        from edunet.models import checkpoint

        checkpoint.write(self._loop, path)

    def check_resumable(self, path) -> None:
        """Raise before the first epoch if the training that is going on cannot be written to `path`."""
        if self._loop is not None:
            from edunet.models import checkpoint

            checkpoint.check(self._loop, path)


def _size(method: str, name: str, batch_size) -> int:
    return 32 if batch_size is None else whole(method, name, batch_size)
