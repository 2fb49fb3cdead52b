"""Objects as {"class_name": ..., "config": ...}, as Keras writes them, and back."""

from edunet.names import look_up

__all__ = ["described", "is_description", "made"]


def described(thing) -> dict:
    """Return the name of an object's class and the arguments that make it again; so too for objects among these."""
    config = thing.get_config()
    return {
        "class_name": type(thing).__name__,
        "config": {k: described(v) if hasattr(v, "get_config") else v for k, v in config.items()},
    }


def is_description(thing) -> bool:
    """Tell whether it is what `described` returns, or what Keras writes."""
    return isinstance(thing, dict) and isinstance(thing.get("class_name"), str)


def made(kind: str, classes: dict, description: dict, custom_objects: dict | None = None):
    """Return a new object of one of these classes, or of those that the learner gives by name.

    Raises ValueError for a name that is none of them, TypeError for what is no description.
    """
    if not is_description(description):
        raise TypeError(
            f"expected the {kind} as {{'class_name': ..., 'config': {{...}}}}, as serialize returns it. Received: "
            f"{description!r:.200}"
        )
    cls = look_up(kind, classes | (custom_objects or {}), description["class_name"])
    config = description.get("config") or {}
    config = {k: made(kind, classes, v, custom_objects) if is_description(v) else v for k, v in config.items()}
    return cls.from_config(config) if hasattr(cls, "from_config") else cls(**config)
