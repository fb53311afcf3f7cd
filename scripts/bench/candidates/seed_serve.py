"""Does what the serve script of the bring-your-own-container images does; written for this comparison.

With the argument "fixed" its signal handler takes the two parameters that Python passes.
"""

import multiprocessing
import os
import shlex
import signal
import subprocess
import sys

LOGS = os.environ["PAIR_LOG_DIR"]
WORKERS = int(os.environ.get("MODEL_SERVER_WORKERS", multiprocessing.cpu_count()))


def stop(nginx_pid, gunicorn_pid):
    for pid, number in ((nginx_pid, signal.SIGQUIT), (gunicorn_pid, signal.SIGTERM)):
        try:
            os.kill(pid, number)
        except OSError:
            pass
    sys.exit(0)


def serve(fixed):
    subprocess.check_call(["ln", "-sf", "/dev/stdout", LOGS + "/access.log"])
    subprocess.check_call(["ln", "-sf", "/dev/stderr", LOGS + "/error.log"])

    nginx = subprocess.Popen(shlex.split(os.environ["PAIR_NGINX"]))
    gunicorn = subprocess.Popen(shlex.split(os.environ["PAIR_GUNICORN"]) + ["-w", str(WORKERS)])

    if fixed:
        signal.signal(signal.SIGTERM, lambda number, frame: stop(nginx.pid, gunicorn.pid))
    else:
        # The bug of the original, kept on purpose: Python passes two arguments, so this raises TypeError.
        signal.signal(signal.SIGTERM, lambda self, number, frame: stop(nginx.pid, gunicorn.pid))

    children = {nginx.pid, gunicorn.pid}
    while True:
        pid, _ = os.wait()
        if pid in children:
            break

    stop(nginx.pid, gunicorn.pid)


if __name__ == "__main__":
    serve(fixed=sys.argv[1:] == ["fixed"])
