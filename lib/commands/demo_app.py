"""The app of `tandem demo`: answers /ping, echoes /invocations, sleeps 3 s on /slow."""

import os
import time


def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/ping":
        status, body = "200 OK", b""
    elif path == "/invocations":
        length = int(environ.get("CONTENT_LENGTH") or 0)
        status, body = "200 OK", environ["wsgi.input"].read(length)
    elif path == "/slow":
        time.sleep(3)
        status, body = "200 OK", b"answered after 3 s by worker %d\n" % os.getpid()
    else:
        status, body = "404 Not Found", b"not found; try /ping, /invocations or /slow\n"
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
