"""Labels: the clean part of the example. Nothing in this file is a flaw."""

import ast
import hashlib
import hmac
import json
import secrets
import subprocess
import tempfile
from pathlib import Path

KEY = secrets.token_bytes(32)


def written(number, address):
    """A file with the label of a parcel; whoever asked for it deletes it."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as file:
        file.write(f"{number}\n{address}\n{signature(number)}\n")
    return Path(file.name)


def signature(number):
    return hmac.new(KEY, str(number).encode(), hashlib.sha256).hexdigest()


def genuine(number, given):
    return hmac.compare_digest(signature(number), given)


def printers():
    listed = subprocess.run(["lpstat", "-e"], capture_output=True, text=True, timeout=10, check=True)
    return listed.stdout.split()


def size(text):
    """A size as in "(30, 20, 10)"."""
    width, height, depth = ast.literal_eval(text)
    return width * height * depth


def stored(connection, number, address):
    connection.execute("INSERT INTO label (number, address) VALUES (?, ?)", (number, json.dumps(address)))
