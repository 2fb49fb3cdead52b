"""What belongs to the whole session: the names that layers are given; and Keras's names that are not here, and why."""

from edunet.layers.naming import forget_names
from edunet.names import missing_name

__all__ = ["clear_session", "missing"]

NO_REGISTRY = (
    "{name} is not here: no list of classes is kept beside your program. Leave it away; a file holds the names of your "
    "own classes, and you give them when it is read: load_model(path, custom_objects={{'MyLayer': MyLayer}})."
)
REGISTRY = ("register_keras_serializable", "custom_object_scope", "CustomObjectScope", "get_custom_objects")


def clear_session() -> None:
    """Let names of layers begin anew: the next Dense is called dense. Memory is freed when nothing holds a model."""
    forget_names()


def missing(module: str, name: str, known) -> AttributeError:
    """Return the error for a name that a module does not have: why not, or a guess at what was meant."""
    return AttributeError(NO_REGISTRY.format(name=name)) if name in REGISTRY else missing_name(module, name, known)
