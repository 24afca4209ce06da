"""`python -m assaymark.hooks.git PROGRAM`: one of what git's hooks run, without the command line."""

from __future__ import annotations

import sys

from assaymark.hooks.git.entry import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
