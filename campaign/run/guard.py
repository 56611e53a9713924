"""Ends every process of a run once its supervisor is gone, however it went: kill -9 included.

The guard leads the process group that the run's processes join, and reads from a pipe that only the
supervisor holds open. The pipe closes when the supervisor ends, on any system, without its help.
Run as a file, not as a module: it needs nothing but the standard library.
"""

import os
import signal
import sys
import time

GRACE_SECONDS = 3


def main() -> None:
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)  # this process too


if __name__ == "__main__":
    main()
