"""allergy_record: GRU, LSTM, attention with positions; attention without them and counts of codes as wrong models."""

from common import gap, one_cycle, start

from edunet import Sequential, layers
from edunet.datasets import allergy_record

TASK = "is the drug forbidden? 60 codes, the latest word counts; 8,000 records to learn, 20,000 fresh ones to judge"
MUST = "AUC gap <= 0.012 each"
FILES = ()
SEEDS = 3

WORDS = 40


def reached(mean, results):
    return max(mean["gru_gap"], mean["lstm_gap"], mean["attention_gap"]) <= 0.012


def reader(kind):
    return [layers.Embedding(WORDS, 16), kind(32)]


def attention(positions):
    """Read at the last place, the drug order."""
    where = [layers.SinePositionEncoding()] if positions else []
    block = layers.TransformerEncoder(64, 1)
    return [layers.Embedding(WORDS, 32), *where, block, layers.Cropping1D((59, 0)), layers.Flatten()]


def run(seed, data):
    learn, judge = allergy_record.load(8000, seed=100 + seed), allergy_record.load(20_000, seed=900 + seed)
    found = {}
    for name, body, rate, epochs in (
        ("gru", reader(layers.GRU), 1e-2, 4),
        ("lstm", reader(layers.LSTM), 1e-2, 8),
        ("attention", attention(True), 5e-3, 5),
        ("no_positions", attention(False), 5e-3, 5),
        ("counts", [layers.Embedding(WORDS, 1), layers.GlobalAveragePooling1D()], 5e-2, 5),
    ):
        start(seed)
        model = Sequential([layers.Input((60,), dtype="int32"), *body, layers.Dense(1, activation="sigmoid")])
        seconds = one_cycle(model, learn.x, learn.y[:, None], rate=rate, epochs=epochs)
        found[f"{name}_gap"] = gap(judge.y, model.predict(judge.x), judge.truth["risk"])["gap"]
        found[f"{name}_seconds"] = seconds
        found[f"{name}_parameters"] = model.count_params()
    return found
