"""`python -m assaymark`: the command line, where no script is on PATH."""

from __future__ import annotations

from assaymark.cli.entry import main

if __name__ == "__main__":
    main()
