"""Names that people type: finding what they mean, and saying so when there is no such thing."""

import re

__all__ = ["did_you_mean", "look_up", "missing_name", "refuse_unknown", "safetensors_name", "snake_case"]


def did_you_mean(name: object, known) -> str:
    """Return " Did you mean ...?" for a mistyped name, or an empty string.

    >>> did_you_mean("numppy", ["numpy", "numba"])
    " Did you mean 'numpy'?"
    """
    import difflib  # only who has mistyped something waits for it

    by_lower = {str(k).lower(): str(k) for k in known}
    close = difflib.get_close_matches(str(name).lower(), by_lower, n=3, cutoff=0.5)
    close.sort(key=lambda word: sorted(word) != sorted(str(name).lower()))  # letters in another order come first
    return f" Did you mean {by_lower[close[0]]!r}?" if close else ""


def look_up(kind: str, table: dict, name: str):
    """Return table[name], or raise ValueError that lists what exists and guesses what was meant."""
    if name in table:
        return table[name]
    raise ValueError(f"unknown {kind} {name!r}; expected one of {sorted(table)}." + did_you_mean(name, table))


def refuse_unknown(owner: str, unknown, known) -> None:
    """Raise TypeError for the first keyword argument that nobody knows."""
    known = [name for name in known if name != "unknown"]
    for name in unknown:
        raise TypeError(f"{owner} has no argument {name!r}; it knows {sorted(known)}." + did_you_mean(name, known))


def missing_name(module: str, name: str, known) -> AttributeError:
    """Return the error for a name that a module does not have, with a guess at what was meant."""
    asked_by_python = name.startswith("__")  # at every import: nobody has mistyped anything
    return AttributeError(f"{module} has no {name!r}." + ("" if asked_by_python else did_you_mean(name, known)))


def safetensors_name(name: str) -> str:
    """Return the name of a file with the ending that files have here, in place of one that Keras or PyTorch would give.

    >>> safetensors_name("best.weights.h5"), safetensors_name("{epoch}-{val_loss:.2f}.keras")
    ('best.safetensors', '{epoch}-{val_loss:.2f}.safetensors')
    """
    return re.sub(r"(\.weights)?\.[A-Za-z]\w{0,6}$", "", name) + ".safetensors"


def snake_case(name: str) -> str:
    """Return the name of a class as Keras spells it in a history.

    >>> snake_case("KLDivergence"), snake_case("TopKCategoricalAccuracy"), snake_case("AUC")
    ('kl_divergence', 'top_k_categorical_accuracy', 'auc')
    """
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
