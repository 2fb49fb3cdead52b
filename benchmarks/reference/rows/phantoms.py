"""phantoms: a small encoder-decoder outlines nodules in a head, two thresholds on grey as the wrong model."""

import numpy as np
from common import one_cycle, start

from edunet import Model, layers
from edunet.datasets import phantoms, phantoms_heads
from edunet.datasets.phantoms_ct import inside, project

TASK = "where are the nodules? CT, 64 x 64 pixels; 2,000 heads to learn, 20,000 fresh ones to judge"
MUST = "Dice >= 0.90, the mean over heads with a nodule; `pooled` counts the pixels of all heads together"
FILES = ()
SEEDS = 3


def reached(mean, results):
    return mean["dice"] >= 0.90


def window(x):
    """Soft tissue, 0.2/cm, becomes 0 and a nodule about 2; the skull is cut, as in a radiologist's window."""
    return np.clip((x - 0.2) / 0.1, -3, 4)


def convolution(x, filters):
    return layers.Conv2D(filters, 3, padding="same", activation="relu")(x)


def encoder_decoder():
    """Halve the picture twice, double it twice; what was seen on the way down is handed across."""
    x = picture = layers.Input((64, 64, 1))
    seen = []
    for filters in (8, 16):
        x = convolution(x, filters)
        seen.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = convolution(x, 32)
    for filters in (16, 8):
        x = layers.Conv2DTranspose(filters, 2, strides=2)(x)
        x = convolution(layers.Concatenate()([x, seen.pop()]), filters)
    return Model(picture, layers.Conv2D(1, 1, activation="sigmoid")(x))


def areas(y, drawn):
    """Twice the common area of each picture, and the sum of both."""
    axes = (1, 2, 3)[: y.ndim - 1]
    return 2 * (y & drawn).sum(axes), y.sum(axes) + drawn.sum(axes)


def ceiling(seed, heads=300):
    """About the best Dice: an outline off by the error of Cramér and Rao, from the photons, all ellipses unknown."""
    rng, dice = np.random.default_rng(seed), []
    for head, count in zip(*(part[:heads] for part in phantoms_heads.draw_heads(rng)), strict=True):
        ellipses = head[: phantoms_heads.PARTS + count]
        step = np.diag(np.tile([1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 0.1], len(ellipses))).reshape(-1, *ellipses.shape)
        slope = project(ellipses + step) - project(ellipses - step).astype(float)
        slope = slope.reshape(len(step), -1) / (2 * step.sum((1, 2)))[:, None]
        photons = phantoms.DOSE * np.exp(-project(ellipses).ravel())
        information = (slope * photons) @ slope.T
        scale = np.sqrt(np.outer(np.diag(information), np.diag(information)))
        error = np.linalg.pinv(information / scale) / scale
        off = rng.multivariate_normal(np.zeros(len(error)), error, method="eigh").reshape(ellipses.shape)
        if count:
            nodules = slice(phantoms_heads.PARTS, None)
            common, both = areas(inside(ellipses[None, nodules]), inside((ellipses + off)[None, nodules]))
            dice.append(common[0] / both[0])
    return float(np.mean(dice))


def band(x, y):
    """The two greys between which the most is nodule and the least is not: the best pooled Dice."""
    edges = np.arange(0.2, 0.8, 0.02)
    inner, every = (np.histogram(part, edges)[0] for part in (x[y], x))
    dice = {
        (edges[low], edges[high]): 2 * inner[low:high].sum() / (every[low:high].sum() + y.sum())
        for low in range(len(edges))
        for high in range(low + 1, len(edges))
    }
    return max(dice, key=dice.__getitem__)


def run(seed, data):
    start(seed)
    learn, judge = phantoms.load(2000, seed=100 + seed), phantoms.load(20_000, seed=900 + seed)
    model = encoder_decoder()
    seconds = one_cycle(model, window(learn.x), learn.y.astype(np.float32), rate=1e-2, epochs=5, batch_size=8)
    y = judge.y == 1
    ill = y.any((1, 2, 3))
    common, both = areas(y, model.predict(window(judge.x)) > 0.5)
    low, high = band(learn.x, learn.y == 1)
    common_grey, both_grey = areas(y, (judge.x > low) & (judge.x < high))
    return {
        "dice": float((common[ill] / both[ill]).mean()),
        "best": ceiling(seed),
        "pooled": float(common.sum() / both.sum()),
        "false_alarms": float((both[~ill] > 0).mean()),
        "thresholds": float((common_grey[ill] / both_grey[ill]).mean()),
        "seconds": seconds,
        "parameters": model.count_params(),
    }
