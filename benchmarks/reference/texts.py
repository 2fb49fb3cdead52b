"""Rows whose network reads SMILES: folds, a part of each training part to choose the epoch by."""

import time

import numpy as np

import edunet
from edunet import callbacks, optimizers, schedules
from edunet.preprocessing import SmilesTokenizer


def five_folds(smiles, y, network, *, seed, length, loss, rate, epochs, validation, patience):
    """Return the answer for every molecule by a network that has not seen it, the folds, seconds and parameters."""
    began = time.perf_counter()
    order = np.random.default_rng(seed).permutation(len(y))
    answer, folds = np.empty(len(y)), [order[k::5] for k in range(5)]
    for k, test in enumerate(folds):
        rest = np.random.default_rng(seed + k).permutation(np.setdiff1d(order, test, assume_unique=True))
        judge, train = rest[:validation], rest[validation:]
        tokenizer = SmilesTokenizer(length=length).fit(smiles[train])
        codes = tokenizer.transform(smiles).astype(np.int32)
        middle, spread = (0.0, 1.0) if loss == "binary_crossentropy" else (y[train].mean(), y[train].std())
        target = ((y - middle) / spread)[:, None]
        edunet.set_random_seed(seed + k)
        model = network(length, len(tokenizer.vocabulary))
        model.compile(optimizers.Adam(schedules.CosineDecay(rate, epochs * -(-len(train) // 32))), loss)
        stop = callbacks.EarlyStopping(monitor="val_loss", patience=patience, restore_best_weights=True)
        held_out = (codes[judge], target[judge])
        model.fit(codes[train], target[train], 32, epochs, validation_data=held_out, callbacks=[stop], verbose=0)
        answer[test] = model.predict(codes[test])[:, 0] * spread + middle
    return answer, folds, {"seconds": time.perf_counter() - began, "parameters": model.count_params()}
