"""The loop of `fit`: epochs, batches, validation, and the moments at which callbacks are told."""

from edunet.callbacks import ProgressBar
from edunet.interrupt import steps_to_finish

__all__ = ["Loop", "batches_of", "evaluate_batches"]


class Loop:
    """A training that is going on: where it stands (epoch, and steps done in it) and all that takes part."""

    def __init__(self, model, feed, held_out, watchers, epochs, initial_epoch, validation_freq, class_weight=None):
        self.model, self.feed, self.held_out, self.watchers = model, feed, held_out, watchers
        self.epochs, self.epoch, self.step = epochs, initial_epoch, 0
        self.checkpoints = [c for c in watchers.callbacks if hasattr(c, "is_due")]
        self.words: dict | None = None  # what it is made of, once a checkpoint has asked
        self.resumed, self.class_weight = False, class_weight
        several = isinstance(validation_freq, (list, tuple, set))
        if not several and (isinstance(validation_freq, bool) or not isinstance(validation_freq, int)):
            raise TypeError(
                f"fit: validation_freq is a whole number, or a list of epochs counted from 1. Received: "
                f"{validation_freq!r}"
            )
        if not several and validation_freq < 1:
            raise ValueError(f"fit: validation_freq is a whole number >= 1. Received: {validation_freq!r}")
        self.validation_freq = validation_freq

    def run(self, resume=None) -> None:
        """Learn until the last epoch, or until somebody stops it."""
        model, watchers = self.model, self.watchers
        self.resumed = resume is not None
        logs: dict = {}
        try:
            watchers.call("on_train_begin", {})
            if resume is not None:
                from edunet.models import checkpoint

                checkpoint.restore(self, resume)
            with steps_to_finish() as step_to_finish:
                while self.epoch < self.epochs and not (model.stop_training and self.step == 0):
                    self.running = self.epoch
                    logs = self._epoch(step_to_finish)
        except BaseException as error:
            watchers.give_up()
            if isinstance(error, KeyboardInterrupt) and not error.args:  # it came between two batches
                raise KeyboardInterrupt(self._stopped()) from None
            raise
        watchers.call("on_train_end", logs)

    def _epoch(self, step_to_finish) -> dict:
        model, watchers, epoch = self.model, self.watchers, self.epoch
        if self.step == 0:
            watchers.call("on_epoch_begin", epoch, {})
            model.objective.reset()
            self.feed.begin()
        else:  # in the middle, where a checkpoint was written: only the progress bar begins anew
            for bar in (c for c in watchers.callbacks if isinstance(c, ProgressBar)):
                bar.on_epoch_begin(epoch)
        if not (self.step and model.stop_training):
            self._batches(step_to_finish)
        logs = model.objective.results()
        if self.held_out is not None and self._is_judged(epoch):
            logs |= {f"val_{k}": v for k, v in evaluate_batches(model, self.held_out, watchers).items()}
        self.epoch, self.step = epoch + 1, 0
        watchers.call("on_epoch_end", epoch, logs)
        return logs

    def _batches(self, step_to_finish) -> None:
        model, feed, watchers, results = self.model, self.feed, self.watchers, self.model.objective.results
        step, steps = self.step, feed.steps
        plan = None  # a callback may have frozen a layer
        while steps is None or step < steps:
            try:
                xs, ys, weights = feed.take()
            except StopIteration:
                if steps is not None:
                    raise
                break
            if watchers.batch_begin("train", step):
                plan = None
            with step_to_finish(lambda: self._stopped(step)):  # noqa: B023, called at once
                plan = model._learn(xs, ys, weights, plan)
            self.step = step + 1
            if watchers.batch_end("train", step, results):
                plan = None
            for due in self.checkpoints:
                if due.is_due():
                    model.save_checkpoint(due.path)
            step += 1
            if model.stop_training:
                break
        if step == 0:
            raise ValueError("x gave no batches: expected at least one (x, y) in an epoch.")

    def _is_judged(self, epoch: int) -> bool:
        freq = self.validation_freq
        return (epoch + 1) % freq == 0 if isinstance(freq, int) else epoch + 1 in freq

    def _stopped(self, step=None) -> str:
        after = "" if step is None else f" after batch {step + 1}"
        epoch = getattr(self, "running", self.epoch)
        return (
            f"stopped in epoch {epoch + 1}{after}. The model keeps the weights of the last finished batch; "
            f"model.history holds {len(self.model.history.epoch)} finished epochs."
        )


def batches_of(feed):
    """Yield the batches of one pass from the first on."""
    feed.begin(anew=True)
    step = 0
    while feed.steps is None or step < feed.steps:
        try:
            batch = feed.take()
        except StopIteration:
            if feed.steps is not None:
                raise
            return
        yield batch
        step += 1


def evaluate_batches(model, feed, watchers) -> dict[str, float]:
    """Return loss and metrics over one pass, and tell the callbacks."""
    watchers.call("on_test_begin", {})
    model.objective.reset()
    plan = None
    for step, batch in enumerate(batches_of(feed)):
        watchers.batch_begin("test", step)
        plan = model._judge(*batch, plan)
        watchers.batch_end("test", step, model.objective.results)
    results = model.objective.results()
    watchers.call("on_test_end", results)
    return results
