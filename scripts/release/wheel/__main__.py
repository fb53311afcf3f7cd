"""Replaces Python with tandem: `python -m tandem_serve serve`."""

import os
import sys

from ._find_tandem import find_tandem

if __name__ == "__main__":
    tandem = find_tandem()
    os.execv(tandem, [tandem, *sys.argv[1:]])
