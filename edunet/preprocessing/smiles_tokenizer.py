"""From SMILES texts to whole numbers that an Embedding layer takes, and back.

    0 padding at the end, 1 a token that was not there at fit, 2 .. the tokens in alphabetical order

A token is an atom (C, Cl, [N+] are one each), a bond, a bracket or the number of a ring: cutting Cl into C and l would
show the network a carbon that is not there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edunet.preprocessing.smiles import MAX_LENGTH, smiles_tokens

__all__ = ["PADDING", "UNKNOWN", "SmilesTokenizer"]

PADDING, UNKNOWN = 0, 1
SPECIAL = ("<pad>", "<unknown>")
MAX_BYTES = 10_000_000  # of a saved vocabulary


class SmilesTokenizer:
    """Cut SMILES texts into tokens and number them.

        codes[n,t] = number of the t-th token of text n in the vocabulary; 0 behind its end

    Fit it on the training part: a token that only the test part has becomes 1, as it will in use.

    Arguments: length T, tokens in a row; unless given, that of the longest text at fit.
    Raises: TypeError or ValueError if length is no whole number from 1 to 5,000.

    >>> tokenizer = SmilesTokenizer().fit(["CCO", "CCl"])
    >>> tokenizer.vocabulary
    ('<pad>', '<unknown>', 'C', 'Cl', 'O')
    >>> tokenizer.transform(["OC", "CN"])
    array([[4, 2, 0],
           [2, 1, 0]])
    >>> tokenizer.inverse([[4, 2, 0]])
    ['OC']
    """

    def __init__(self, length: int | None = None):
        """Begin without a vocabulary."""
        if length is not None:
            if isinstance(length, bool) or not isinstance(length, (int, np.integer)):
                raise TypeError(f"length must be a whole number of tokens. Received: length={length!r}.")
            if not 1 <= length <= MAX_LENGTH:
                raise ValueError(f"length must lie between 1 and {MAX_LENGTH:,} tokens. Received: length={length}.")
        self.length = None if length is None else int(length)
        self.vocabulary: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Tell length and size."""
        return f"SmilesTokenizer(length={self.length}), {len(self.vocabulary)} tokens"

    def fit(self, smiles: Sequence[str]) -> SmilesTokenizer:
        """Learn the tokens of some texts, and the length of the longest unless one was given.

        Raises: TypeError if smiles is one text, or no texts; ValueError, with row, character and place.
        """
        rows = cut(smiles)
        self.vocabulary = (*SPECIAL, *sorted({token for row in rows for token in row}))
        if self.length is None:
            self.length = max(map(len, rows))
        self._codes = {token: code for code, token in enumerate(self.vocabulary)}
        return self

    def transform(self, smiles: Sequence[str]) -> np.ndarray:
        """Number the tokens of N texts: (N,T) int64.

        Raises: ValueError before `fit`, and for a text of more than T tokens: a molecule cut off is another molecule.
        """
        self._see_fitted()
        rows = cut(smiles)
        length = self.length or 0  # known since fit
        codes = np.full((len(rows), length), PADDING, dtype=np.int64)
        for n, row in enumerate(rows):
            if len(row) > length:
                raise ValueError(
                    f"row {n} has {len(row)} tokens, more than length={length}. Make the tokenizer with room for "
                    f"it: SmilesTokenizer(length={max(map(len, rows))})."
                )
            codes[n, : len(row)] = [self._codes.get(token, UNKNOWN) for token in row]
        return codes

    def inverse(self, codes: np.ndarray) -> list[str]:
        """Write the texts of codes (N,T); padding is left out, an unknown token becomes <unknown>.

        Raises: ValueError before `fit`, and for codes that are not of the vocabulary.
        """
        self._see_fitted()
        rows = np.asarray(codes)
        if rows.ndim != 2 or rows.dtype.kind not in "iu":
            raise ValueError(f"inverse wants codes (N,T), whole numbers. Received: {rows.dtype} of shape {rows.shape}.")
        if rows.size and not 0 <= rows.min() <= rows.max() < len(self.vocabulary):
            raise ValueError(f"codes go from 0 to {len(self.vocabulary) - 1}. Received: {rows.min()} to {rows.max()}.")
        return ["".join(self.vocabulary[code] for code in row if code != PADDING) for row in rows]

    def save(self, path: str | Path) -> None:
        """Write length and vocabulary to a JSON file, for use with the weights of the model."""
        self._see_fitted()
        content = {"length": self.length, "vocabulary": self.vocabulary}
        Path(path).expanduser().write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> SmilesTokenizer:
        """Read a tokenizer that `save` wrote.

        Raises: FileNotFoundError; ValueError if the file holds something else.
        """
        path = Path(path).expanduser()
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"{path.name} has more than {MAX_BYTES:,} bytes: it is no vocabulary that save() wrote.")
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            tokenizer, words = cls(content["length"]), tuple(content["vocabulary"])
            tokens = [smiles_tokens(word) for word in words[len(SPECIAL) :]]
            sound = words[: len(SPECIAL)] == SPECIAL and tokenizer.length is not None
            sound = sound and len(set(words)) == len(words) and all(len(token) == 1 for token in tokens)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise ValueError(f"{path.name} holds no vocabulary that save() wrote ({error}).") from error
        if not sound:
            raise ValueError(f"{path.name} holds no vocabulary that save() wrote: not {SPECIAL}, then single tokens.")
        tokenizer.vocabulary = words
        tokenizer._codes = {token: code for code, token in enumerate(words)}
        return tokenizer

    def _see_fitted(self) -> None:
        if not self.vocabulary:
            raise ValueError("this tokenizer knows no tokens yet. Type tokenizer.fit(smiles_train) first.")


def cut(smiles: Sequence[str]) -> list[list[str]]:
    """Cut each text into tokens, or name the row that is no SMILES."""
    if isinstance(smiles, str) or np.ndim(smiles) != 1 or len(smiles) == 0:
        raise TypeError("the tokenizer wants a list of SMILES texts, at least one. Type fit([...]).")
    rows = []
    for n, text in enumerate(smiles):
        try:
            rows.append(smiles_tokens(text))
        except (TypeError, ValueError) as error:
            raise type(error)(f"row {n}: {error}") from error
    return rows
