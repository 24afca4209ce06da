"""
The wheels that a package of the extension carries: the server and all that it needs, for one platform.

    python editors/vscode/wheels.py linux-x64    fills editors/vscode/wheels, from the package index

Invariant: what is there can be installed without an index, on each Python that wheels/pythons.txt names.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
# By VS Code's name of the platform: the tags of wheels that run there.
PLATFORMS = {
    "linux-x64": (
        "manylinux_2_28_x86_64",
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
        "manylinux1_x86_64",
    ),
    "linux-arm64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    "darwin-x64": ("macosx_11_0_x86_64", "macosx_10_13_x86_64", "macosx_10_12_x86_64", "macosx_10_9_x86_64"),
    "darwin-arm64": ("macosx_11_0_arm64",),
    "win32-x64": ("win_amd64",),
}


# What others need there and not here: pip looks at the system that it runs on.
ELSEWHERE = {"win32-x64": ("colorama",)}


def fill(target: Path, platform: str) -> None:
    """Effect: *target* holds the wheels for *platform*; of dependencies until what we need changes."""
    target.mkdir(exist_ok=True)
    listed, made_for = target / "pythons.txt", target / "platform.txt"
    is_others = not made_for.exists() or made_for.read_text("utf-8").strip() != platform
    if is_others or not listed.exists() or listed.stat().st_mtime < (ROOT / "pyproject.toml").stat().st_mtime:
        for old in target.iterdir():
            old.unlink()
    own = _own(target)
    if listed.exists():
        return
    _pip("download", "--no-deps", "--dest", str(target), "pip")
    tags = [word for tag in PLATFORMS[platform] for word in ("--platform", tag)]
    for version in PYTHONS:
        asked = ["--only-binary", ":all:", "--implementation", "cp", "--python-version", version, *tags]
        wanted = (*needed(own, version), *ELSEWHERE.get(platform, ()))
        _pip("download", "--dest", str(target), *asked, *wanted)
    made_for.write_text(f"{platform}\n", "utf-8")
    listed.write_text("\n".join(PYTHONS) + "\n", "utf-8")


def _own(target: Path) -> Path:
    """The server's wheel. Effect: it is built, if the server or a rule is newer."""
    sources = (path for folder in ("server", "rules") for path in (ROOT / folder).rglob("*.*"))
    newest = max(path.stat().st_mtime for path in sources if path.suffix in {".py", ".md", ".json"})
    for old in target.glob("assaymark-*.whl"):
        if old.stat().st_mtime > newest:
            return old
        old.unlink()
    _pip("wheel", "--no-deps", "--wheel-dir", str(target), str(ROOT))
    return next(target.glob("assaymark-*.whl"))


def needed(wheel: Path, version: str) -> list[str]:
    """What the wheel needs on that Python: pip itself would look at the Python that runs it."""
    # pip's own copy, since pip runs here in any case.
    from pip._vendor.packaging.requirements import Requirement

    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        table = Parser().parsestr(archive.read(name).decode())
    found = [Requirement(line) for line in table.get_all("Requires-Dist", [])]
    here = {"python_version": version, "python_full_version": f"{version}.0", "extra": ""}
    return [f"{one.name}{one.specifier}" for one in found if one.marker is None or one.marker.evaluate(here)]


def _pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *words]
    subprocess.run(command, check=True, cwd=tempfile.gettempdir())


if __name__ == "__main__":
    if sys.argv[1:] not in [[name] for name in PLATFORMS]:
        sys.exit(f"usage: python editors/vscode/wheels.py {{{','.join(PLATFORMS)}}}")
    fill(HERE / "wheels", sys.argv[1])
