"""Models in models, layers in layers: how many, how deep, and how much work that makes, before any of it is made."""

__all__ = ["DEEPEST", "check_nesting", "refuse_deep"]

DEEPEST = 32
MOST_LAYERS = 5_000  # also of calls: a layer of a hundred letters takes 0.1 ms and up to 6 kB
MOST_ENDS = 1_000  # inputs, or outputs, of a model: each output has metrics of its own
MOST_CALLS = 100_000


def refuse_deep() -> ValueError:
    return ValueError(f"its models and layers stand inside each other more than {DEEPEST} deep")


def check_nesting(described: list) -> None:
    """Raise ValueError for too many layers, too deep inside each other, or models that call each other without end.

    Sixty small models, each of which calls the one before twice, would call the first 2⁶⁰ times.
    Args: described, the layers, each after those inside it; what is wrong with one otherwise is said when it is made.
    """
    _check_counts(described)
    sizes: list[tuple[int, int]] = []  # of each layer so far: how deep it is, how many layers one call of it calls
    for i, record in enumerate(described):
        inside = [sizes[place] for place in _places(record) if type(place) is int and 0 <= place < i]
        depth = 1 + max((depth for depth, _ in inside), default=0)
        calls = 1 + sum(calls for _, calls in inside)
        if depth > DEEPEST:
            raise refuse_deep()
        if calls > MOST_CALLS:
            raise ValueError(f"one call of its models would call more than {MOST_CALLS} layers")
        sizes.append((depth, calls))


def _check_counts(described: list) -> None:
    models = [record for record in described if isinstance(record, dict) and "model" in record]
    for what, count in (("layers", len(described)), ("calls of layers", sum(_length(m, "calls") for m in models))):
        if count > MOST_LAYERS:
            raise ValueError(f"a file holds at most {MOST_LAYERS} {what}. Received {count}")
    for model in models:
        count = max(_length(model, "inputs"), _symbols_in(model.get("outputs")))
        if count > MOST_ENDS:
            raise ValueError(f"a model in a file has at most {MOST_ENDS} inputs and outputs. Received {count}")


def _length(record: dict, name: str) -> int:
    listed = record.get(name)
    return len(listed) if isinstance(listed, list) else 0


def _symbols_in(value) -> int:
    if isinstance(value, (list, dict)):
        parts = value.values() if isinstance(value, dict) else value
        return ("symbol" in value) + sum(map(_symbols_in, parts))
    return 0


def _places(record) -> list:
    """Return the places of the layers inside a layer, once for each time that it calls them."""
    if not isinstance(record, dict):
        return []
    if "model" in record:
        calls, stack = record.get("calls"), record.get("stack")
        listed = [call[0] for call in calls if isinstance(call, list) and call] if isinstance(calls, list) else []
        return listed or (stack if isinstance(stack, list) else [])
    return _layers_in(record.get("config"))


def _layers_in(value) -> list:
    if isinstance(value, list):
        return [place for part in value for place in _layers_in(part)]
    if isinstance(value, dict):
        here = [value["layer"]] if "layer" in value and type(value["layer"]) is int else []
        return here + [place for part in value.values() for place in _layers_in(part)]
    return []
