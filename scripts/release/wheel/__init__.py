"""Finds the executable `tandem` of this package; `python -m tandem_serve` runs it."""

from ._find_tandem import find_tandem

__all__ = ["find_tandem"]
