"""Text that nobody vouches for: honest models are described at any length, nothing takes more than it is worth."""

import contextlib
import json
import tracemalloc

import pytest

from edunet import layers, models
from edunet.models.strict_json import SPARE, TIMES, parse


class Words(layers.Layer):
    def __init__(self, words, **kwargs):
        super().__init__(**kwargs)
        self.words = words

    def call(self, x):
        return x


def test_two_thousand_layers(tmp_path):
    model = models.Sequential([layers.Dense(1) for _ in range(2000)])
    model.save(tmp_path / "m.safetensors")
    assert len(models.load_model(tmp_path / "m.safetensors").layers) == 2000


def test_fifty_thousand_words(tmp_path):
    words = [f"Röntgen {i}" for i in range(50_000)]
    model = models.Sequential([Words(words), layers.Dense(1)])
    model.save(tmp_path / "m.safetensors")
    assert models.load_model(tmp_path / "m.safetensors", {"Words": Words}).layers[0].words == words


WORST = {
    "lists": "[],",
    "objects": "{},",
    "nested": "[[[[0]]]],",
    "entries": '{"a":0,"b":0},',
    "texts": '"",',
    "numbers": "1e5,",
    "wide": '"\\ud83d\\ude00xxxxxxxxxxxxxxxx",',
    "names": '{"%d":0},',
}


@pytest.mark.parametrize("kind", WORST)
def test_memory_stays_in_proportion_to_the_text(kind):
    """What passes takes no more than was estimated; what would take more is refused before it is made."""
    entry = WORST[kind]
    text = ('{"a":[' + "".join(entry % i if "%" in entry else entry for i in range(20_000)) + "0]}").encode()
    tracemalloc.start()
    try:
        with contextlib.suppress(ValueError):
            parse(text, 9)
        held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert held <= SPARE + (TIMES + 2) * len(text)  # the text itself is twice in memory, as bytes and as text


def test_a_long_text_with_wide_letters_is_refused():
    with pytest.raises(ValueError, match="plain letters only"):
        parse(json.dumps({"a": "x" * 600_000 + "ü"}).encode(), 3)
    assert parse(json.dumps({"a": "x" * 600_000 + "\\u"}).encode(), 3)["a"].endswith("\\u")
