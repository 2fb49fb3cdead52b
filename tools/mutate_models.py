"""Damage files of models in many ways and load them: only clear refusals may follow.

    python tools/mutate_models.py --n 100000

A file is damaged as bytes (flipped, cut, overwritten, lengthened), in its header, or in its architecture, where values
are swapped, removed, given twice, nested deeply, made huge or replaced by the names of code. Each is then loaded. It is
a failure if anything but ValueError or TypeError is raised, if it takes a second, or more memory than three times the
file and 5 MB, or if Python imports, compiles or runs anything for it. Memory is what the process comes to hold; in one
of ten files, also every allocation, touched or not, is counted (which is slow).
"""

import argparse
import collections
import copy
import difflib  # noqa: F401, which edunet loads to guess a mistyped name: before anybody listens
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np

from edunet import initializers, layers, models, optimizers
from edunet.models import files

IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
SECONDS, TIMES, SPARE = 1.0, 3, 5_000_000
WATCHED = ("compile", "exec", "import", "marshal", "os.exec", "os.system", "pickle", "socket", "subprocess", "ctypes")
NASTY = [
    *(None, True, False, -1, 0, 1, 7, 255, 10**7, 10**12, 2**63 - 1, 10**40, 0.5, -1e308, 1e308),
    *(
        "",
        "x",
        "Dense",
        "Lambda",
        "relu",
        "os.system",
        "__import__('os').system('true')",
        "../../etc/passwd",
        "x" * 9999,
    ),
    *([], {}, [[]], {"tuple": [3, 3]}, {"float": "nan"}, {"array": "config.0"}, {"array": "0.kernel"}, {"own": "eval"}),
    *({"layer": 0}, {"symbol": [0, 0]}, {"symbol": [-1, 0]}, {"dict": [["a", 1]]}, {"activation": "get"}),
    *({"initializer": {"kind": "Constant", "config": {"value": 1e300}}}, {"loss": {"kind": "Huber", "config": {}}}),
    {"initializer": {"kind": "__class__", "config": {}}},
    [None] * 50,
]


# ---------------------------------------------------------------- files to damage


def images() -> models.Sequential:
    """Return a trained network of images with the optimizer's running values."""
    model = models.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 1), kernel_initializer="he_normal"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(3, activation="softmax", kernel_regularizer="l2", kernel_constraint="max_norm"),
        ]
    )
    model.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.train_on_batch(np.ones((2, 8, 8, 1)), [0, 2])
    return model


def branches() -> models.Model:
    """Return a drawn network: two inputs, masks, shared layers, a model inside, several arguments."""
    codes, values = layers.Input((6,), "int32"), layers.Input((6, 8))
    x = layers.Embedding(20, 8, mask_zero=True)(codes)
    x = layers.LSTM(8)(x)
    inner = models.Sequential([layers.Dense(8, activation="tanh"), layers.LayerNormalization()])
    z = inner(values)
    y, scores = layers.MultiHeadAttention(2, 4)(z, values, use_causal_mask=True, return_attention_scores=True)
    pooled = [x, *[layers.GlobalAveragePooling1D()(part) for part in (inner(y), z)]]
    constant = layers.Dense(2, bias_initializer=initializers.Constant(np.array([0.5, -0.5])))
    model = models.Model([codes, values], [constant(layers.Concatenate()(pooled)), scores])
    model.compile("sgd", ["mse", "mae"], loss_weights=[1.0, 0.5])
    return model


def originals(folder: Path) -> list[bytes]:
    """Return the content of the files that are damaged."""
    contents = []
    for model in (images(), branches()):
        model.save(folder / "original.safetensors")
        contents.append((folder / "original.safetensors").read_bytes())
    return contents


# ---------------------------------------------------------------- damage


def flipped(content: bytes, rng) -> bytes:
    data = bytearray(content)
    header = 8 + int.from_bytes(content[:8], "little")
    end = len(data) if rng.random() < 0.2 else header  # mostly where it matters
    for place in rng.integers(0, end, rng.integers(1, 9)):
        data[place] ^= 1 << int(rng.integers(8))
    return bytes(data)


def cut(content: bytes, rng) -> bytes:
    return content[: rng.integers(len(content))]


def overwritten(content: bytes, rng) -> bytes:
    start, length = rng.integers(len(content)), rng.integers(1, 40)
    return content[:start] + rng.bytes(int(length)) + content[start + (length if rng.random() < 0.8 else 0) :]


def in_header(content: bytes, rng) -> bytes:
    length = int.from_bytes(content[:8], "little")
    header = damaged_json(json.loads(content[8 : 8 + length]), rng).encode()
    return len(header).to_bytes(8, "little") + header + content[8 + length :]


def in_architecture(content: bytes, rng) -> bytes:
    length = int.from_bytes(content[:8], "little")
    entries = json.loads(content[8 : 8 + length])
    notes = entries["__metadata__"]
    (kind,) = notes
    notes[kind] = damaged_json(json.loads(notes[kind]), rng)
    header = json.dumps(entries).encode()
    return len(header).to_bytes(8, "little") + header + content[8 + length :]


def places(structure, found=None) -> list[tuple]:
    """Return every (container, key) of nested dicts and lists."""
    found = [] if found is None else found
    pairs = structure.items() if isinstance(structure, dict) else enumerate(structure)
    for key, value in pairs:
        found.append((structure, key))
        if isinstance(value, (dict, list)):
            places(value, found)
    return found


def damaged_json(structure, rng) -> str:
    """Return JSON with one to three values changed."""
    for _ in range(rng.integers(1, 4)):
        found = places(structure)
        if not found:
            break
        container, key = found[rng.integers(len(found))]
        other_container, other_key = found[rng.integers(len(found))]
        kind = rng.integers(7)
        if kind <= 2:
            container[key] = copy.deepcopy(NASTY[rng.integers(len(NASTY))])
        elif kind == 3:
            del container[key]
        elif kind == 4:
            container[key] = copy.deepcopy(other_container[other_key])
        elif kind == 5 and isinstance(container, dict):
            container[str(NASTY[rng.integers(len(NASTY))])[:50]] = container.pop(key)
        elif kind == 6 and rng.random() < 0.3:
            for _ in range(int(rng.choice([3, 60, 120]))):
                container[key] = [container[key]] if rng.random() < 0.5 else {"tuple": [container[key]]}
        elif isinstance(container[key], int):
            container[key] = int(container[key]) * 10 ** int(rng.integers(1, 12)) - 1
    text = json.dumps(structure)
    if rng.random() < 0.05:  # a name twice
        text = text.replace('"config":', '"config": {}, "config":', 1)
    return text


DAMAGES = (flipped, cut, overwritten, in_header, in_architecture, in_architecture, in_architecture)


# ---------------------------------------------------------------- trial

heard: list[str] = []
_listening = False


def listen(event: str, _) -> None:
    """Note what Python runs or imports while a file is loaded."""
    if _listening and event.startswith(WATCHED):
        heard.append(event)


def most_held() -> int:
    """Return the most memory that this process has held so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def trial(path: Path, content: bytes, count_all: bool = True) -> str:
    """Load one file; return "loaded", the kind of refusal, or what is wrong, which begins with FAILED."""
    global _listening
    path.write_bytes(content)
    heard.clear()
    if count_all:
        tracemalloc.start()
    held = most_held()
    began, _listening = time.process_time(), True
    try:
        models.load_model(path)
        outcome = "loaded"
    except (ValueError, TypeError) as error:
        outcome = type(error).__name__ if path.name in str(error) else f"FAILED: the file is not named: {error}"
    except BaseException as error:
        outcome = f"FAILED: {type(error).__name__}: {error}"
    finally:
        _listening = False
        seconds = time.process_time() - began
        memory = tracemalloc.get_traced_memory()[1] if count_all else most_held() - held
        tracemalloc.stop()
    if seconds > SECONDS:
        return f"FAILED: {seconds:.2f} s"
    if memory > TIMES * len(content) + SPARE:
        return f"FAILED: {memory} bytes of memory for a file of {len(content)}"
    return f"FAILED: Python did {heard}" if heard else outcome


def trials(numbers: range) -> collections.Counter:
    """Damage and load one file for each number; the number decides how."""
    sys.addaudithook(listen)
    counts: collections.Counter = collections.Counter()
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
        path = Path(folder) / "damaged.safetensors"
        whole = originals(Path(folder))
        for content in whole:  # so that whatever is imported at first use has been
            outcome = trial(path, content)
            if not outcome.startswith(("loaded", "FAILED: Python did")):
                raise RuntimeError(f"a file that is not damaged cannot be loaded: {outcome}")
            files.read(path)
        trial(path, b"PK")
        trial(path, in_architecture(whole[0], np.random.default_rng(0)))
        for number in numbers:
            rng = np.random.default_rng(number)
            damage = DAMAGES[rng.integers(len(DAMAGES))]
            outcome = trial(path, damage(whole[rng.integers(len(whole))], rng), number % 10 == 0)
            counts[f"{damage.__name__}: {outcome}" + (f" (number {number})" if "FAILED" in outcome else "")] += 1
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=100_000, help="how many files")
    parser.add_argument("--start", type=int, default=0, help="the number of the first, to repeat one")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="how many processes do it")
    arguments = parser.parse_args()
    began, numbers = time.perf_counter(), range(arguments.start, arguments.start + arguments.n)
    if arguments.workers == 1:
        counts = trials(numbers)
    else:
        with multiprocessing.get_context("spawn").Pool(arguments.workers) as pool:
            shares = [numbers[i :: arguments.workers] for i in range(arguments.workers)]
            counts = sum(pool.map(trials, shares), collections.Counter())
    for outcome, count in sorted(counts.items()):
        print(f"{count:8}  {outcome}")
    failed = sum(count for outcome, count in counts.items() if "FAILED" in outcome)
    print(f"{counts.total()} files in {time.perf_counter() - began:.0f} s, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
