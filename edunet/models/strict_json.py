"""JSON from a file that nobody vouches for: sizes are known before anything is parsed, and names are given once."""

import json
import re

__all__ = ["parse"]

# a text (also one that never ends, so that every character is looked at once), or what opens, closes or parts values
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
_WIDE = re.compile(rb"[\x80-\xff]|\\u")
LARGEST_WIDE = 500_000  # one such character makes Python keep four bytes for each character of its text


def parse(text: bytes, file_size: int, deepest: int) -> dict:
    """Return the object that the JSON text describes.

    Args: file_size, in bytes, in proportion to which the number of values is bounded; deepest, how far values may be
    nested. Raises ValueError for anything else: several values of one name, NaN, other things than an object.
    """
    if len(text) > LARGEST_WIDE and _WIDE.search(text):
        raise ValueError(f"a description of {len(text)} bytes may hold plain letters only (ASCII)")
    _measure(text, 30_000 + file_size // 100, deepest)  # a piece takes up to 100 bytes of memory
    try:
        found = json.loads(text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise ValueError(f"its description is not JSON ({error})") from error
    except UnicodeDecodeError as error:
        raise ValueError("its description is not text in UTF-8") from error
    if not isinstance(found, dict):
        raise ValueError(f"its description is {type(found).__name__}, not an object with names")
    return found


def _measure(text: bytes, most: int, deepest: int) -> None:
    depth = pieces = 0
    for token in _TOKENS.finditer(text):
        first = text[token.start()]
        if first in b"]}":
            depth -= 1
            continue
        pieces += 1
        depth += first in b"[{"
        if depth > deepest:
            raise ValueError(f"its description is nested more than {deepest} deep")
        if pieces > most:
            raise ValueError(f"its description has more than {most} pieces")


def _once(pairs: list) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"its description names {twice[:80]!r} twice")
    return found


def _refuse(constant: str):
    raise ValueError(f"its description holds {constant}")
