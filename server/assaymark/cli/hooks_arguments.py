"""What can be typed after `assaymark hooks`, `assaymark uninstall` and `assaymark privacy`."""

from __future__ import annotations

import argparse

from assaymark.cli import hooks_manual as manual
from assaymark.cli.check_arguments import seconds

# Their names are written out: to import what knows them would make every command wait.
AGENTS = ("claude", "cursor", "copilot", "codex", "gemini", "windsurf")
TOOLS = ("git", *AGENTS, "all")


def add_hooks(hooks: argparse.ArgumentParser) -> None:
    inner = hooks.add_subparsers(
        dest="action", metavar="ACTION", title="actions", prog=hooks.prog, required=True
    )
    install = inner.add_parser("install", help=manual.INSTALL.brief, page=manual.INSTALL)
    _add_tools(install)
    _add_scope(install, "everywhere on this machine, which is the default", "in this project, for everybody")
    install.add_argument("--yes", action="store_true", help="do not ask")
    uninstall = inner.add_parser("uninstall", help=manual.UNINSTALL.brief, page=manual.UNINSTALL)
    _add_tools(uninstall)
    _add_scope(uninstall, "only what holds everywhere", "only what holds in this project")
    status = inner.add_parser("status", help=manual.STATUS.brief, page=manual.STATUS)
    status.add_argument("--json", action="store_true", help="as JSON")
    doctor = inner.add_parser("doctor", help=manual.HOOKS_DOCTOR.brief, page=manual.HOOKS_DOCTOR)
    doctor.add_argument(
        "--live",
        choices=AGENTS,
        metavar="TOOL",
        required=True,
        help="wait for its next edit: " + ", ".join(AGENTS),
    )
    doctor.add_argument(
        "--timeout", type=seconds, default=300.0, metavar="SECONDS", help="how long to wait (default: 300)"
    )


def add_uninstall(uninstall: argparse.ArgumentParser) -> None:
    uninstall.add_argument("--all", action="store_true", required=True, help="hooks, records and references")
    uninstall.add_argument("--yes", action="store_true", help="do not ask")


def add_privacy(privacy: argparse.ArgumentParser) -> None:
    privacy.add_argument("--json", action="store_true", help="as JSON")


def _add_tools(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "tools",
        nargs="*",
        choices=TOOLS,
        default="all",
        metavar="TOOL",
        help=f"{', '.join(TOOLS)} (default: all)",
    )
    parser.add_argument("--dry-run", action="store_true", help="show the changes as a diff, and make none")


def _add_scope(parser: argparse.ArgumentParser, user: str, project: str) -> None:
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument("--user", action="store_true", help=user)
    scope.add_argument("--project", action="store_true", help=project)
