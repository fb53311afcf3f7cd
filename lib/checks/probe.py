"""Prints what gunicorn would find, as one line of JSON.

The argument is JSON: the working directory "cwd", the path "gunicorn" and its
"args", and "importApp". Like gunicorn, it executes gunicorn's conf file.
"""
import sys

# Python puts the working directory first; gunicorn searches its own --chdir.
if sys.path and sys.path[0] == "":
    del sys.path[0]

import contextlib  # noqa: E402 (a json.py in the working directory must not win)
import io  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import traceback  # noqa: E402

request = json.loads(sys.argv[1])


def last_line(error):
    lines = [line.strip() for line in str(error).splitlines()]
    lines = [line for line in lines if line.strip(" \t[]")]
    return lines[-1] if lines else type(error).__name__


chosen = set()


def record_settings(config):
    """gunicorn sets every setting that is not a default one by this function."""
    original = config.set

    def recorded_set(self, name, value):
        chosen.add(name)
        original(self, name, value)

    config.set = recorded_set


def load_application():
    """Has gunicorn read its arguments, its variable and its conf file."""
    # The defaults of gunicorn depend on the working directory when it is loaded.
    os.chdir(request["cwd"])
    sys.argv = [request["gunicorn"]] + request["args"]
    try:
        from gunicorn.app.wsgiapp import WSGIApplication
        from gunicorn.config import Config
    except ImportError as error:
        # An executable that brings its own modules along: this Python cannot tell.
        sys.exit(last_line(error))
    record_settings(Config)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stderr(printed):
            application = WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]")
    except BaseException as error:
        # Before it exits, gunicorn prints the reason.
        return None, last_line(printed.getvalue() or error)
    sys.stderr.write(printed.getvalue())
    paths = application.cfg.pythonpath
    for path in paths.split(",") if paths else []:
        sys.path.insert(0, os.path.abspath(path))
    return application, None


def read(name):
    """The value of a setting as gunicorn has it; None if it has no such setting."""
    setting = application.cfg.settings.get(name)
    return None if setting is None else setting.get()


def origin_of(name):
    """Where gunicorn has a setting from: its arguments, its variable or its conf file."""
    from_environment = getattr(application.cfg, "get_cmd_args_from_env", list)
    parser = application.cfg.parser()
    if getattr(parser.parse_args(sys.argv[1:]), name, None):
        return "arguments"
    if getattr(parser.parse_args(from_environment()), name, None):
        return "variable"
    return "file"


def settings():
    names = ["daemon", "check_config", "print_config"]
    return {
        "bind": read("bind"),
        "pidFile": read("pidfile"),
        "user": read("user"),
        "notServing": [
            {"name": name, "origin": origin_of(name)} for name in names if read(name)
        ],
        "chosen": sorted(chosen),
    }


def facts():
    """What the rules of tandem that only advise are about."""
    from gunicorn import __version__
    from gunicorn.http import errors

    return {
        "keepAlive": read("keepalive"),
        # "gthread" for sync workers with several threads.
        "workerClass": str(application.cfg.worker_class_str),
        "workers": read("workers"),
        "maxRequests": read("max_requests"),
        "maxRequestsJitter": read("max_requests_jitter"),
        "preload": read("preload_app"),
        "version": __version__,
        # Distributions have backported the fix of CVE-2024-1135.
        "isStrict": hasattr(errors, "UnsupportedTransferCoding"),
    }


def load_worker_class():
    name = read("worker_class")
    if not isinstance(name, str):
        return {"name": getattr(name, "__name__", str(name)), "isKnown": True}
    result = {"name": name}
    try:
        from gunicorn.util import load_class
        from gunicorn.workers import SUPPORTED_WORKERS

        result["isKnown"] = name in SUPPORTED_WORKERS
        load_class(name)
    except BaseException as error:
        result["complaint"] = last_line(error)
    return result


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


def find_module(module):
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


def find_cuda_user():
    """What has initialised CUDA in this process; None if nothing has.

    Asks only what the app has loaded itself.
    """
    import ctypes

    names = ["torch", "cupy", "tensorflow", "jax"]
    loaded = [name for name in names if name in sys.modules]
    try:
        if sys.modules["torch"].cuda.is_initialized():
            return "torch"
    except Exception:
        pass
    try:
        driver = ctypes.CDLL("libcuda.so.1", os.RTLD_NOLOAD | os.RTLD_LAZY)
        # 3 is CUDA_ERROR_NOT_INITIALIZED.
        if driver.cuCtxGetCurrent(ctypes.byref(ctypes.c_void_p())) != 3:
            return " or ".join(loaded) or "libcuda"
    except (AttributeError, OSError):
        pass
    return None


def import_app(app):
    """Imports the app as a gunicorn worker does."""
    try:
        from gunicorn.util import import_app as load_app

        load_app(app)
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {"workerBytes": kilobytes * 1024, "cuda": find_cuda_user()}
    except BaseException as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        kind = type(error).__name__
        place = "%s:%s" % (frame.filename, frame.lineno)
        return {"complaint": "%s: %s (%s)" % (kind, last_line(error), place)}


# The conf file, the worker class and the app may print to stdout.
stdout, sys.stdout = sys.stdout, sys.stderr
application, complaint = load_application()
if application is None:
    result = {"complaint": complaint}
else:
    app = application.app_uri
    result = {
        "settings": settings(),
        "facts": facts(),
        "folder": os.getcwd(),
        "app": app,
        "workerClass": load_worker_class(),
        "module": find_module(app.split(":")[0]),
    }
    if request["importApp"] and "file" in result["module"]:
        result["import"] = import_app(app)
stdout.write(json.dumps(result) + "\n")
