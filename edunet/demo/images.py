"""The task "images": a faint lesion somewhere in a noisy picture, by one convolution. SYNTHETIC."""

import numpy as np

from edunet import Sequential, layers, ops, tensor
from edunet.datasets import lesions
from edunet.demo.task import Prepared, Task

__all__ = ["TASK", "LogMeanExp", "network"]


class LogMeanExp(layers.Layer):
    """y[n,f] = ln mean_ij exp(x[n,i,j,f]): the mean of eˣ over all places, as a score; (N,H,W,F) -> (N,F).

    What the ideal observer does with its matched filter: a lesion may be anywhere, and every place counts by how likely
    it is there.
    """

    def call(self, maps):
        top = ops.global_max_pool2d(maps)  # taken out and put back, so that exp stays small
        below = maps - tensor.reshape(top, shape=(top.shape[0], 1, 1, top.shape[1]))
        return top + tensor.log(ops.global_avg_pool2d(tensor.exp(below)))


def network():
    """Return four filters of 9x9 pixels, slid over the picture; with a single one training often sticks."""
    slide = [layers.Conv2D(4, 9), LogMeanExp()]
    return Sequential([layers.Input((24, 24, 1)), *slide, layers.Dense(1, activation="sigmoid")])


def prepare(cohort, train) -> Prepared:
    return Prepared(cohort.x, network(), ["Pictures as they are: grey is in standard deviations of the noise."])


def subgroups(cohort):
    grey = cohort.x[..., 0]
    left, right = grey[:, :, :12].mean((1, 2)), grey[:, :, 12:].mean((1, 2))
    return {
        "brighter half": np.where(left > right, "left", "right"),
        "mean grey": np.where(left + right > 0, "above 0", "below 0"),
    }


TASK = Task(
    name="images",
    title="A faint lesion in a noisy picture",
    question=(
        "Is there a lesion in this picture of 24 x 24 pixels, a faint blur that may be anywhere? A convolution\n"
        "looks at every place with the same filters; one weight a pixel would have to learn each place anew."
    ),
    unit="pictures",
    generator="lesions",
    draw=lesions.load,
    prepare=prepare,
    subgroups=subgroups,
    epochs=4,
    rate=2e-2,
    decay=0.0,
    sensitivity=0.9,
    why_sensitivity="what is not called a lesion is never looked at again",
)
