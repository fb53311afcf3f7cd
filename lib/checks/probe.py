"""Prints what gunicorn would find, as one line of JSON.

Arguments: the folder of the app, the worker class, the app, "yes" to import
the app, and more folders to search for modules.
"""
import sys

# Python puts the working directory first; gunicorn searches its own --chdir.
if sys.path and sys.path[0] == "":
    del sys.path[0]

import json  # noqa: E402 (a json.py in the working directory must not win)
import os  # noqa: E402
import resource  # noqa: E402
import traceback  # noqa: E402

folder, worker_class, app, with_app = sys.argv[1:5]
paths = sys.argv[5:]
module = app.split(":")[0]


def last_line(error):
    lines = [line.strip() for line in str(error).splitlines()]
    lines = [line for line in lines if line.strip(" \t[]")]
    return lines[-1] if lines else type(error).__name__


def load_worker_class():
    try:
        from gunicorn.util import load_class

        load_class(worker_class)
        return {}
    except BaseException as error:
        return {"complaint": last_line(error)}


def find_spec(name):
    """Like importlib.util.find_spec, which would import parent packages."""
    path = None
    spec = None
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        full_name = ".".join(parts[:end])
        specs = (
            finder.find_spec(full_name, path)
            for finder in sys.meta_path
            if hasattr(finder, "find_spec")
        )
        spec = next((spec for spec in specs if spec is not None), None)
        if spec is None:
            return None
        path = spec.submodule_search_locations
    return spec


def find_module():
    try:
        spec = find_spec(module)
        if spec is None:
            return {}
        folders = spec.submodule_search_locations
        file = spec.origin or ", ".join(folders or [])
        if file.endswith(".py"):
            with open(file, "rb") as source:
                compile(source.read(), file, "exec", dont_inherit=True)
        return {"file": file}
    except SyntaxError as error:
        place = "%s:%s" % (error.filename, error.lineno)
        return {"complaint": "%s in %s" % (error.msg, place)}
    except BaseException as error:
        return {"complaint": "%s: %s" % (type(error).__name__, error)}


def import_app():
    """Imports the app as a gunicorn worker does."""
    try:
        from gunicorn.util import import_app as load_app

        load_app(app)
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {"workerBytes": kilobytes * 1024}
    except BaseException as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        kind = type(error).__name__
        place = "%s:%s" % (frame.filename, frame.lineno)
        return {"complaint": "%s: %s (%s)" % (kind, last_line(error), place)}


os.chdir(folder)
sys.path[:0] = paths + [folder]
# The worker class and the app may print to stdout while they are imported.
stdout, sys.stdout = sys.stdout, sys.stderr
result = {"workerClass": load_worker_class(), "module": find_module()}
if with_app == "yes" and "file" in result["module"]:
    result["app"] = import_app()
stdout.write(json.dumps(result) + "\n")
