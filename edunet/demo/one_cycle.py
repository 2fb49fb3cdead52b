"""The recipe of small networks: steps that grow, then shrink to nothing, and never too large a one."""

from edunet import optimizers, schedules

__all__ = ["BATCH", "one_cycle"]

BATCH = 64


def one_cycle(rate, steps, decay=0.0) -> optimizers.AdamW:
    """Return AdamW whose rate rises over a fifth of the steps and falls as a cosine; each gradient no longer than 1.

        η(s) = rate·s/W  for s < W = steps/5,  then  rate·½(1 + cos(π(s − W)/(steps − W)))
    Args: rate, the highest learning rate; steps, batches of the whole training; decay, weight decay.
    Source: Smith & Topin, Super-convergence (2019); Loshchilov & Hutter, Decoupled weight decay regularization (2019).

    >>> optimizer = one_cycle(0.01, 1000)
    >>> optimizer.iterations = 200
    >>> optimizer.learning_rate
    0.01
    """
    warm = steps // 5
    plan = schedules.CosineDecay(0.0 if warm else rate, steps - warm, warmup_target=rate, warmup_steps=warm)
    return optimizers.AdamW(plan, weight_decay=decay, clipnorm=1.0)
