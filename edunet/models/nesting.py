"""Models in models, layers in layers: how deep, and how much work that makes, before any of it is made."""

__all__ = ["DEEPEST", "check_nesting", "refuse_deep"]

DEEPEST = 32
MOST_CALLS = 100_000


def refuse_deep() -> ValueError:
    return ValueError(f"its models and layers stand inside each other more than {DEEPEST} deep")


def check_nesting(described: list) -> None:
    """Raise ValueError for layers too deep inside each other, or models that call each other without end in sight.

    Sixty small models, each of which calls the one before twice, would call the first 2⁶⁰ times.
    Args: described, the layers, each after those inside it; what is wrong with one otherwise is said when it is made.
    """
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
