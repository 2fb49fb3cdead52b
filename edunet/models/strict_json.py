"""JSON from a file that nobody vouches for: sizes are known before anything is parsed, and names are given once."""

import json
import re

__all__ = ["parse"]

# a text (also one that never ends, so that every character is looked at once), or what opens, closes or parts values
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
_WIDE = re.compile(rb"(?<!\\)(?:\\\\)*\\u|[\x80-\xff]")  # not the two characters \\ and a letter u
_FOREIGN = re.compile(rb"[\x80-\xff]")
LARGEST_WIDE = 500_000  # one such character makes Python keep four bytes for each character of its text
COSTS = {ord("["): 80, ord("{"): 200, ord(","): 40}  # bytes of a list, a dict, an entry with its number; a text is 56
SPARE, TIMES = 2_500_000, 16  # most bytes that the values may take: these, and so many for each byte of text


def parse(text: bytes, deepest: int) -> dict:
    """Return the object that the JSON text describes.

    What its values will take of memory is estimated first, and bounded in proportion to the text: a layer and its
    arguments take about seven times their text.
    Args: deepest, how far values may be nested. Raises ValueError for anything else: several values of one name, NaN,
    other things than an object.
    """
    if len(text) > LARGEST_WIDE and _FOREIGN.search(text):
        raise ValueError(f"a description of {len(text)} bytes may hold plain letters only (ASCII)")
    _measure(text, SPARE + TIMES * len(text), deepest)
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
    depth = size = 0
    for token in _TOKENS.finditer(text):
        first = text[token.start()]
        if first in b"]}":
            depth -= 1
            continue
        size += COSTS.get(first) or _size_of_text(token[0])
        depth += first in b"[{"
        if depth > deepest:
            raise ValueError(f"its description is nested more than {deepest} deep")
        if size > most:
            raise ValueError(f"the values of its description ({len(text)} bytes) would take more memory than {most}")


def _size_of_text(token: bytes) -> int:
    if not _WIDE.search(token):
        return 56 + len(token)
    if len(token) > LARGEST_WIDE:
        raise ValueError(f"a text of {len(token)} bytes may hold plain letters only (ASCII)")
    return 56 + 4 * len(token)


def _once(pairs: list) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"its description names {twice[:80]!r} twice")
    return found


def _refuse(constant: str):
    raise ValueError(f"its description holds {constant}")
