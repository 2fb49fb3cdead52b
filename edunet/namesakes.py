"""Others called edunet: a package of another distribution, a file of the learner's own. Python takes one of them."""

import sys
from pathlib import Path

__all__ = ["namesakes", "overwritten"]

OURS = "edunet-med"
HERE = Path(__file__).parent


def namesakes() -> list[str]:
    """Return what else is called edunet here, in sentences that say what to type; usually nothing."""
    found = [
        f"the distribution {name} has a package called edunet, too: one has overwritten files of the other. "
        + _afresh(name)
        for name in _others()
    ]
    for folder in dict.fromkeys(Path(entry).resolve() for entry in ("", *sys.path)):  # "": a notebook looks here first
        for path in (folder / "edunet" / "__init__.py", folder / "edunet.py"):
            if path.exists() and not path.samefile(HERE / "__init__.py"):
                found.append(
                    f"{path} is called edunet, too: Python started there imports it in the place of {HERE}. "
                    "Rename it, or start Python in another folder."
                )
    return found


def overwritten(package) -> str | None:
    """Say what has happened, and what to type, if what was imported as edunet is not this package."""
    if hasattr(package, "set_backend"):
        return None
    others = _others() or ["edunet"]
    if getattr(package, "__file__", None) is None:
        return f"edunet/__init__.py is gone, as if another package called edunet was uninstalled. {_afresh(*others)}"
    return f"{package.__file__} is not of {OURS}: another package called edunet has taken its place. {_afresh(*others)}"


def _others() -> list[str]:
    from importlib import metadata  # reading it takes longer than all of edunet

    return sorted(set(metadata.packages_distributions().get("edunet", [])) - {OURS})


def _afresh(*names: str) -> str:
    return f"Type: pip uninstall -y {' '.join(names)} {OURS}, then: pip install {OURS}"
