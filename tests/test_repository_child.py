"""A program that runs beside us is asked and heard, late or early, and leaves nothing behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from assaymark.repository import child

if not child.CAN_START:
    pytest.skip("programs are started otherwise here", allow_module_level=True)


def n_open() -> int:
    """How many ends this process has open."""
    return len(list(Path("/dev/fd").iterdir()))


def started(code: str, seconds: float = 60) -> child.Child:
    return child.Child((sys.executable, "-Sc", code), {**os.environ}, seconds)


def test_much_goes_both_ways() -> None:
    """More than any pipe holds, while as much comes back and is complained of."""
    one = started("import sys; [(sys.stdout.write(l), sys.stderr.write(l)) for l in sys.stdin]; sys.exit(3)")
    line = "x" * 99 + "\n"
    one.give(line.encode() * 20_000, is_all=True)
    assert one.rest() == line.encode() * 20_000
    pid = one.pid
    assert (one.end(), one.complaint) == (3, line.encode() * 20_000)
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def test_a_conversation() -> None:
    """What was asked is answered before the next question is known."""
    one = started(
        "import sys; [(sys.stdout.write(l[-2::-1] + l[-1]), sys.stdout.flush()) for l in sys.stdin]"
    )
    for question, answer in ((b"abc\n", b"cba\n"), (b"de\n", b"ed\n")):
        one.give(question, is_all=False)
        assert one.some() == answer
    assert one.end() == 0


def test_who_does_not_listen() -> None:
    """What it was given is lost, and its exit status is what counts."""
    one = started("import os; os.close(0); print('no'); raise SystemExit(4)")
    one.give(b"x" * (1 << 20), is_all=True)
    assert (one.rest(), one.end()) == (b"no\n", 4)


def test_who_takes_too_long() -> None:
    """That is said, and it can be stopped, again and again; then nothing of it is left."""
    before = n_open()
    one = started("import time; time.sleep(600)", seconds=0.05)
    with pytest.raises(TimeoutError):
        one.rest()
    pid = one.pid
    one.stop()
    one.stop()
    assert n_open() == before
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def test_what_is_not_there() -> None:
    """Nothing is open afterwards."""
    before = n_open()
    with pytest.raises(OSError, match="nothing-of-this-name"):
        child.Child(("/nothing-of-this-name",), {}, 1)
    assert n_open() == before


def test_signals_are_as_they_were() -> None:
    """Who writes to nobody is ended by that, as anywhere."""
    one = child.Child(("/bin/sh", "-c", "kill -PIPE $$; echo alive"), {}, 60)
    assert (one.rest(), one.end()) == (b"", -13)


def test_standard_ends_that_are_closed() -> None:
    """Of who has no input or output itself, the child has both."""
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1])\n"
        "from assaymark.repository.child import Child\n"
        "kept = os.dup(1); [os.close(n) for n in (0, 1)]\n"
        "one = Child((sys.executable, '-Sc', 'print(input()[::-1])'), {}, 60)\n"
        "one.give(b'abc', is_all=True)\n"
        "os.write(kept, one.rest() + b'%d' % one.end())\n"
    )
    server = str(Path(__file__).parents[1] / "server")
    one = child.Child((sys.executable, "-c", code, server), {**os.environ}, 60)
    assert (one.rest(), one.end()) == (b"cba\n0", 0), one.complaint
