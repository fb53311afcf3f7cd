"""
Runs in the virtual machine, as root: tries each edition in the unit, one after the other, and writes what it saw to
the second serial port, one line of JSON each. It waits with a bound, and leaves it to the host to compare.
"""

import collections
import http.client
import json
import os
import subprocess
import sys
import threading
import time
import traceback

BOUND = 300
IN_FLIGHT = 16
GROUP = "/sys/fs/cgroup/system.slice/tandem.service"
STATE = "/run/tandem"


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, cwd="/opt/program", timeout=BOUND)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: exit {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


def read(path):
    with open(path) as file:
        return file.read()


def until(what, condition):
    end = time.monotonic() + BOUND
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    raise TimeoutError(f"{what}: not within {BOUND} s")


def show(name):
    return run("systemctl", "show", "tandem", "--value", "-p", name)


def journal():
    return run("journalctl", "--no-pager", "-o", "cat", "--all", "-u", "tandem", "-b").splitlines()


def ask(path):
    connection = http.client.HTTPConnection("127.0.0.1", 8080, timeout=BOUND)
    try:
        connection.request("GET", path)
        return str(connection.getresponse().status)
    except OSError as error:
        return type(error).__name__
    finally:
        connection.close()


def workers_of(config):
    return next(row["value"] for row in json.loads(config)["settings"] if row["name"] == "workers")


def status():
    return json.loads(run("tandem", "status", "--json", "--state-dir", STATE))


def limits():
    check = json.loads(read(f"{STATE}/check.json"))
    roles = [process["role"] for process in status()["processes"]]
    return {
        "cpuMax": read(f"{GROUP}/cpu.max").strip(),
        "memoryMax": int(read(f"{GROUP}/memory.max")),
        "workers": roles.count("gunicorn worker"),
        "workersOutside": workers_of(run("tandem", "config", "--json")),
        "memoryCheck": next(row["found"] for row in check["checks"] if row["name"] == "memory"),
    }


def outgrow():
    # Filling memory with half of an emulated CPU takes minutes.
    run("systemctl", "set-property", "--runtime", "tandem", "CPUQuota=")
    answer = ask("/invocations?hoard")
    line = until("a line about memory", lambda: next(
        (line for line in journal() if "tandem: " in line and "out of memory" in line), None))
    until("a new worker", lambda: ask("/ping") == "200")
    events = dict(line.split() for line in read(f"{GROUP}/memory.events").splitlines())
    return {"answer": answer, "line": line, "oomKill": int(events["oom_kill"]), "status": status()["memory"]}


def stop():
    answers = []
    clients = [threading.Thread(target=lambda: answers.append(ask("/invocations"))) for _ in range(IN_FLIGHT)]
    for client in clients:
        client.start()
    arrived = f"{STATE}/arrived"
    until("requests in the app", lambda: os.path.exists(arrived) and len(read(arrived).split()) == IN_FLIGHT)
    run("systemctl", "stop", "--no-block", "tandem")
    until("the drain", lambda: show("StatusText").startswith("draining: "))
    state = show("ActiveState")
    open(f"{STATE}/answer", "w").close()
    for client in clients:
        client.join(BOUND)
    until("the end", lambda: show("ActiveState") in ("inactive", "failed"))
    return {
        "stateMeanwhile": state,
        "answers": collections.Counter(answers),
        "result": show("Result"),
        "exitStatus": show("ExecMainStatus"),
    }


def try_edition(name):
    os.symlink(f"/opt/editions/{name}", "/usr/local/bin/tandem.new")
    os.replace("/usr/local/bin/tandem.new", "/usr/local/bin/tandem")
    run("journalctl", "--rotate")
    run("journalctl", "--vacuum-time=1s")
    run("systemctl", "set-property", "--runtime", "tandem", "CPUQuota=50%")
    run("systemctl", "start", "tandem")
    return {"ready": ask("/ping"), "limits": limits(), "outgrow": outgrow(), "stop": stop()}


def main():
    with open("/dev/ttyS1", "w") as report:
        for name in sys.argv[1:]:
            try:
                seen = {"edition": name, **try_edition(name)}
            except Exception:
                seen = {"edition": name, "error": traceback.format_exc()}
                subprocess.run(["systemctl", "kill", "--signal=KILL", "tandem"])
                subprocess.run(["systemctl", "stop", "tandem"])
            print(json.dumps({**seen, "journal": journal()}), file=report, flush=True)


main()
