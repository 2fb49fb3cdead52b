"""What has learnt from patients says what, and refuses to answer before."""

from __future__ import annotations

__all__ = ["Learnt"]


class Learnt:
    """A base: `text` says in a sentence what `fit` has learnt, "" before."""

    text: str = ""

    def __repr__(self):
        return f"<{type(self).__name__}: {self.text or 'has learnt nothing yet'}>"

    def check_learnt(self) -> None:
        """Raise ValueError before `fit`."""
        if not self.text:
            what = type(self).__name__
            raise ValueError(f"{what}: it has learnt nothing yet. Type {what}().fit(p_val, y_val) first.")
