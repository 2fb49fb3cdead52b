"""Rows whose network reads SMILES: folds, a part of each training part to choose the epoch by, a linear model."""

import time

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import edunet
from edunet import callbacks, optimizers, schedules
from edunet.preprocessing import SmilesTokenizer


def folds(n, seed):
    """Five parts of the rows 0 .. n-1."""
    order = np.random.default_rng(seed).permutation(n)
    return [order[k::5] for k in range(5)]


def by_ngrams(smiles, y, model, *, seed):
    """Return the answer for every molecule by a linear model on how often each 1 to 4 characters in a row occur."""
    answer = np.empty(len(y))
    for test in folds(len(y), seed):
        train = np.setdiff1d(np.arange(len(y)), test)
        count = CountVectorizer(analyzer="char", ngram_range=(1, 4), lowercase=False, min_df=2)
        line = make_pipeline(count, FunctionTransformer(np.log1p), model).fit(smiles[train], y[train])
        chances = hasattr(line, "predict_proba")
        answer[test] = line.predict_proba(smiles[test])[:, 1] if chances else line.predict(smiles[test])
    return answer


def five_folds(smiles, y, network, *, seed, length, loss, rate, epochs, validation, patience):
    """Return the answer for every molecule by a network that has not seen it, seconds and parameters."""
    began, answer = time.perf_counter(), np.empty(len(y))
    for k, test in enumerate(folds(len(y), seed)):
        rest = np.random.default_rng(seed + k).permutation(np.setdiff1d(np.arange(len(y)), test))
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
    return answer, {"seconds": time.perf_counter() - began, "parameters": model.count_params()}
