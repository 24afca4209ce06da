"""
Programs that write a ledger until somebody kills them: `ledger_writer.py STORE WRITERS MERGERS`.

Their process ids are one line on standard error; each event that was acknowledged is one on standard output.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from assaymark.ledger import spool
from assaymark.ledger.events import Gap, stamp
from assaymark.ledger.store import opened


def main() -> None:
    store, n_writers, n_mergers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    pids = [started(write, store) for _ in range(n_writers)] + [
        started(merge, store) for _ in range(n_mergers)
    ]
    os.write(2, (" ".join(map(str, pids)) + "\n").encode())
    for pid in pids:
        os.waitpid(pid, 0)


def started(work: Callable[[str], None], store: str) -> int:
    pid = os.fork()
    if not pid:
        while os.getppid() != 1:
            work(store)
        os._exit(0)
    return pid


def write(store: str) -> None:
    event = Gap(*stamp("hook"), "x" * 50)
    spool.append(store, [event])
    # So short a line is written whole or not at all.
    os.write(1, event.id.encode() + b"\n")


def merge(store: str) -> None:
    opened(store).close()


if __name__ == "__main__":
    main()
