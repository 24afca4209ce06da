"""
The model that answered last, from the end of a transcript, where the tool's own events do not name it.

Invariants:
    Only the end of the file is read, and of that only the name of a model.
    What is no regular file is not opened.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH116, PTH123

from __future__ import annotations

import os
import stat

from assaymark.quickjson import loads

# The end of the file that is looked at: first little, then more. A line holds a whole answer.
_ENDS = (64 * 1024, 1024 * 1024)
_MADE_UP = "<synthetic>"


def last_model(path: str) -> str:
    """The last model that the transcript at *path* names; empty where there is none."""
    if not path or "\0" in path:
        return ""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return ""
        with open(path, "rb") as opened:
            size = opened.seek(0, os.SEEK_END)
            for n_bytes in _ENDS:
                opened.seek(max(0, size - n_bytes))
                model = _named(opened.read(n_bytes).split(b"\n"))
                if model or n_bytes >= size:
                    return model
    except OSError:
        return ""
    return ""


def _named(lines: list[bytes]) -> str:
    for line in reversed(lines):
        # Most lines need not be read as JSON: they name none.
        if b'"model"' not in line or b'"message"' not in line:
            continue
        model = _model_of(line)
        if model and model != _MADE_UP:
            return model
    return ""


def _model_of(line: bytes) -> str:
    try:
        plain = loads(line)
    except (ValueError, RecursionError):
        return ""
    message = plain.get("message") if isinstance(plain, dict) and not plain.get("isSidechain") else None
    model = message.get("model") if isinstance(message, dict) else None
    return model if isinstance(model, str) else ""
