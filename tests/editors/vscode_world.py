"""
VS Code as people use it, for tests: code-server with the extension in it, in a home of its own, and a page that shows it.

Invariants:
    What is not set up skips its tests (editors: `make test-editors`).
    Nothing of the person's own settings is read or written, everything that was started is ended, by its number.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from editor_places import EDITORS, ROOT, absent, ran, repository, surroundings

HERE = Path(__file__).resolve().parent / "vscode"
EXTENSION = ROOT / "editors" / "vscode"
CODE_SERVER = EDITORS / "code-server-4.100.3"
_ENTRY = CODE_SERVER / "node_modules/code-server/out/node/entry.js"
_SETTINGS = {
    "telemetry.telemetryLevel": "off",
    "workbench.startupEditor": "none",
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "update.mode": "none",
    "workbench.tips.enabled": False,
    "chat.commandCenter.enabled": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "chat.disableAIFeatures": True,
    "editor.inlayHints.enabled": "on",
    "editor.minimap.enabled": False,
    "editor.accessibilitySupport": "off",
    "git.openRepositoryInParentFolders": "never",
    "security.workspace.trust.startupPrompt": "never",
    "security.workspace.trust.banner": "never",
    "assaymark.originHints": "all",
    "assaymark.bandit": "off",
    "assaymark.recordAcceptedSuggestions": True,
}


def needed() -> None:
    """Effect: the test is skipped, or failed with `make test-editors`, where VS Code is not set up."""
    parts = CODE_SERVER / ".ready", EXTENSION / "node_modules/.ready", EXTENSION / "wheels/pythons.txt"
    if not all(path.exists() for path in parts):
        absent("VS Code")


def packaged(folder: Path) -> tuple[Path, Path]:
    """The extension, and the one that drives it, as packages in *folder*."""
    ours, drivers = folder / "assaymark.vsix", folder / "driver.vsix"
    # Its own wheel is made anew where the server changed.
    _node([sys.executable, str(EXTENSION / "wheels.py"), "linux-x64"], EXTENSION)
    _node(["npm", "run", "--silent", "package", "--", "--target", "linux-x64", "--out", str(ours)], EXTENSION)
    modules = EXTENSION / "node_modules"
    driver = folder / "driver"
    shutil.copytree(HERE / "driver", driver, ignore=shutil.ignore_patterns("dist"))
    bundle = ["--bundle", "--platform=node", "--external:vscode", "--format=cjs", "--log-level=warning"]
    _node(
        [str(modules / ".bin/esbuild"), "src/driver.ts", "--outfile=dist/driver.js", *bundle],
        driver,
    )
    package = [
        "package",
        "--no-dependencies",
        "--allow-missing-repository",
        "--skip-license",
        "--out",
        str(drivers),
    ]
    _node([str(modules / ".bin/vsce"), *package], driver)
    return ours, drivers


def _node(command: list[str], folder: Path) -> None:
    done = ran(command, folder, os.environ, 120)
    assert done.returncode == 0, done.stdout


@dataclass
class World:
    """A home, and a folder `project` in it that is a git repository."""

    home: Path
    extensions: tuple[Path, ...]

    def __post_init__(self) -> None:
        self.project = self.home / "project"
        self.project.mkdir(parents=True)
        self.environment = surroundings(self.home)
        # The server as the tree has it, which leaves its number: a test may want to end it.
        served = self.home / "bin/served"
        served.write_text(
            f'#!/bin/sh\necho $$ > {self.home}/server.pid\nexec {self.home}/bin/assaymark "$@"\n', "utf-8"
        )
        served.chmod(0o755)
        self.settings: dict[str, Any] = {**_SETTINGS, "assaymark.path": str(served)}

    def write(self, files: Mapping[str, str], folder: str = "project") -> None:
        """Effect: these files are there, and committed."""
        repository(self.home / folder, self.environment, files)

    def told(
        self,
        groups: str,
        opened: str = "",
        seconds: float = 150,
        more: Mapping[str, str] | None = None,
        **options: Any,
    ) -> list[dict[str, Any]]:
        """What the driver's stories came to."""
        result = self.home / "result.json"
        told = {"ASSAYMARK_DRIVER_OUT": str(result), "ASSAYMARK_DRIVER_GROUPS": groups}
        with self.running(opened=opened, more={**told, **(more or {})}, **options) as url:
            host = [
                node(),
                str(HERE / "host.mjs"),
                str(CODE_SERVER / "package.json"),
                url,
                str(result),
                str(seconds),
            ]
            ran(host, self.home, self._browsers(), seconds + 60)
        if result.exists():
            return list(json.loads(result.read_text()))
        part = result.with_suffix(".json.part")
        so_far = part.read_text() if part.exists() else "nothing"
        pytest.fail(f"not at its end after {seconds} s; it told {so_far}\n{self.log()}")

    def seen(self, story: str, *words: str, seconds: float = 150, **options: Any) -> dict[str, Any]:
        """What the page `vscode/STORY.mjs` saw; it is given the address and *words*."""
        with self.running(**options) as url:
            command = [node(), str(HERE / f"{story}.mjs"), str(CODE_SERVER / "package.json"), url, *words]
            done = ran(command, self.home, self._browsers(), seconds)
        assert done.returncode == 0, f"{done.stdout}\n{self.log()}"
        said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return said

    def _browsers(self) -> dict[str, str]:
        """The environment of the page: whatever PATH the editor has, a browser finds its programs."""
        return {**self.environment, "PATH": os.environ["PATH"]}

    @contextlib.contextmanager
    def running(
        self, *, opened: str = "", trust: bool = False, more: Mapping[str, str] | None = None
    ) -> Iterator[str]:
        """The address of the workbench with *opened*, the project, or a `.code-workspace` of the home."""
        user, extensions = self.home / "user", self.home / "extensions"
        (user / "User").mkdir(parents=True)
        (user / "User/settings.json").write_text(
            json.dumps({**self.settings, "security.workspace.trust.enabled": trust}), "utf-8"
        )
        places = ["--user-data-dir", str(user), "--extensions-dir", str(extensions)]
        places += ["--config", str(self.home / "code-server.yaml")]
        install = [word for one in self.extensions for word in ("--install-extension", str(one))]
        done = ran([node(), str(_ENTRY), *places, *install], self.home, self.environment, 60)
        assert done.returncode == 0, done.stdout
        port = _free_port()
        flags = [
            "--bind-addr",
            f"127.0.0.1:{port}",
            "--auth",
            "none",
            "--disable-telemetry",
            "--disable-update-check",
        ]
        flags += ["--disable-getting-started-override", *([] if trust else ["--disable-workspace-trust"])]
        log = (self.home / "code-server.log").open("wb")
        with (
            log,
            subprocess.Popen(
                [node(), str(_ENTRY), *places, *flags],
                cwd=self.home,
                env={**self.environment, **(more or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as child,
        ):
            try:
                _answering(port, child)
                place = self.home / (opened or "project")
                kind = "workspace" if place.suffix == ".code-workspace" else "folder"
                yield f"http://127.0.0.1:{port}/?{kind}={place}"
            finally:
                _end(child)

    def log(self) -> str:
        """What the extension and the server wrote into their log."""
        logs = sorted((self.home / "user").rglob("*ssaymark*.log"))
        return "\n".join(f"{path.name}:\n{path.read_text('utf-8')[-6000:]}" for path in logs)


def check(results: list[dict[str, Any]], world: World) -> None:
    """Fails with what the stories that went wrong say; shows how long each took."""
    for one in results:
        print(f"{one['ms']:6} ms  {one['name']}  {json.dumps(one.get('said'), ensure_ascii=False)[:400]}")
    failed = [f"{one['name']}\n{one['error']}" for one in results if "error" in one]
    assert results
    assert not failed, "\n\n".join([*failed, world.log()])


def node() -> str:
    """The program node."""
    found = shutil.which("node")
    assert found
    return found


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _answering(port: int, child: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and child.poll() is None:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5),
        ):
            return
        time.sleep(0.05)
    pytest.fail("code-server does not answer")


def _end(child: subprocess.Popen[Any]) -> None:
    """Effect: *child* and what it started are gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(3)
        os.killpg(child.pid, signal.SIGKILL)
