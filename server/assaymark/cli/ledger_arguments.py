"""What can be typed after `assaymark ledger`."""

from __future__ import annotations

import argparse

from assaymark.cli import ledger_manual as manual


def add_ledger(ledger: argparse.ArgumentParser) -> None:
    inner = ledger.add_subparsers(
        dest="action", metavar="ACTION", title="actions", prog=ledger.prog, required=True
    )
    inner.add_parser("verify", help=manual.VERIFY.brief, page=manual.VERIFY)
    inner.add_parser("compact", help=manual.COMPACT.brief, page=manual.COMPACT)
    export = inner.add_parser("export", help=manual.EXPORT.brief, page=manual.EXPORT)
    export.add_argument("--output", metavar="FILE", help="write there (default: standard output)")
    import_ = inner.add_parser("import", help=manual.IMPORT.brief, page=manual.IMPORT)
    import_.add_argument("file", metavar="FILE", help="an export, or a damaged ledger that was set aside")
