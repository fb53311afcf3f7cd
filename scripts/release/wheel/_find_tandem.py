"""Finds the executable in each folder into which an installer may have put it."""

import os
import sys
import sysconfig


def find_tandem() -> str:
    """The path of the executable.

    Raises FileNotFoundError if it is in none of the folders.
    """
    package = os.path.dirname(os.path.abspath(__file__))
    folders = [
        # Of this environment, of the user (pip install --user).
        sysconfig.get_path("scripts"),
        sysconfig.get_path("scripts", "posix_user"),
        # Of the interpreter below this environment.
        sysconfig.get_path("scripts", vars={"base": sys.base_prefix}),
        # Beside the package, after pip install --target and --prefix.
        os.path.join(os.path.dirname(package), "bin"),
        os.path.normpath(os.path.join(package, "..", "..", "..", "..", "bin")),
    ]
    for folder in folders:
        path = os.path.join(folder, "tandem")
        if os.path.isfile(path):
            return path
    raise FileNotFoundError(f"no executable 'tandem' in {', '.join(folders)}")
