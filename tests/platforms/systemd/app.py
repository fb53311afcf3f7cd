"""
/invocations prints a long line, which a pipe takes at once, appends a line to the file "arrived" of the state folder,
and answers once the file "answer" exists there. /invocations?hoard wants a gigabyte.
"""

import os
import time

FOLDER = os.environ["TANDEM_STATE_DIR"]
hoard = []


def app(environ, start_response):
    if environ["QUERY_STRING"] == "hoard":
        hoard.append(b"x" * (1 << 30))
    elif environ["PATH_INFO"] == "/invocations":
        print("whole " + "x" * 3000 + " line", flush=True)
        with open(FOLDER + "/arrived", "a") as arrived:
            arrived.write("one\n")
        while not os.path.exists(FOLDER + "/answer"):
            time.sleep(0.02)
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
