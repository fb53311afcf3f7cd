"""Tells tandem what gunicorn would find: one line of JSON. Imports the app only when it is told to."""
import sys

# gunicorn itself does not look in the working directory until it has changed to its own.
if sys.path and sys.path[0] == "":
    del sys.path[0]

import json
import os
import resource
import traceback

folder, worker_class, app, with_app = sys.argv[1:5]
paths = sys.argv[5:]
module = app.split(":")[0]


def last_line(error):
    lines = [line.strip() for line in str(error).splitlines() if line.strip(" \t[]")]
    return lines[-1] if lines else type(error).__name__


def look_for_worker_class():
    try:
        from gunicorn.util import load_class

        load_class(worker_class)
        return {}
    except BaseException as error:
        return {"complaint": last_line(error)}


def find(name):
    """As importlib.util.find_spec, which would run the packages around the module."""
    path = None
    spec = None
    so_far = []
    for part in name.split("."):
        so_far.append(part)
        finders = (finder.find_spec for finder in sys.meta_path if hasattr(finder, "find_spec"))
        found = (find_spec(".".join(so_far), path) for find_spec in finders)
        spec = next((one for one in found if one is not None), None)
        if spec is None:
            return None
        path = spec.submodule_search_locations
    return spec


def look_for_module():
    try:
        spec = find(module)
        if spec is None:
            return {}
        places = spec.submodule_search_locations
        file = spec.origin or ", ".join(places or [])
        if file.endswith(".py"):
            with open(file, "rb") as source:
                compile(source.read(), file, "exec", dont_inherit=True)
        return {"file": file}
    except SyntaxError as error:
        return {"complaint": "%s in %s:%s" % (error.msg, error.filename, error.lineno)}
    except BaseException as error:
        return {"complaint": "%s: %s" % (type(error).__name__, error)}


def import_app():
    """As a worker does it, so that whatever the app does when it is imported, it does here too."""
    try:
        from gunicorn.util import import_app as load_app

        load_app(app)
        return {"workerBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
    except BaseException as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        kind, where = type(error).__name__, "%s:%s" % (frame.filename, frame.lineno)
        return {"complaint": "%s: %s (%s)" % (kind, last_line(error), where)}


os.chdir(folder)
sys.path[:0] = paths + [folder]
# The worker class and the app may print while they are imported.
answer, sys.stdout = sys.stdout, sys.stderr
result = {"workerClass": look_for_worker_class(), "module": look_for_module()}
if with_app == "yes" and "file" in result["module"]:
    result["app"] = import_app()
answer.write(json.dumps(result) + "\n")
