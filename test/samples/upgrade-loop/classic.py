"""
A program that upgrades itself in a loop, as nginx taught: each turn starts its successor from the file as it is now, and
records for it the descriptors that it needs. The successor greets over the pipe between them, and the old one goes.

    python3 classic.py

Edit TEXT while it runs, and the next turn prints it.
"""

import os
import subprocess
import sys
import time

TEXT = "first text"

#: Descriptors for the successor, as in nginx's variable NGINX: "turn;greeting;".
RECORD = "UPGRADE"


def inherited():
    """The turn, and where to greet who came before; None in the first."""
    turn, greeting, *_ = os.environ.get(RECORD, "0;;").split(";")
    return int(turn), int(greeting) if greeting else None


def main():
    turn, greeting = inherited()
    print(f"turn {turn}: {TEXT}", flush=True)
    if greeting is not None:
        os.write(greeting, b"I am upgraded!\n")
        os.close(greeting)

    time.sleep(float(os.environ.get("TURN_SECONDS", "1")))
    hears, says = os.pipe()
    subprocess.Popen(
        [sys.executable, os.path.abspath(__file__)],
        env={**os.environ, RECORD: f"{turn + 1};{says};"},
        pass_fds=[says],
    )
    os.close(says)
    with os.fdopen(hears) as pipe:
        print(f"turn {turn} hears: {pipe.readline().strip() or 'nothing, and goes on as it is'}", flush=True)


main()
