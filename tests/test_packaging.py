"""
However Assaymark was installed, it finds its rule pages, and never a stale copy of them.

Builds without isolation and without network, with what the tests' own environment has.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import build
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

ROOT = Path(__file__).parents[1]
PAGES = sorted(str(page.relative_to(ROOT / "rules")) for page in (ROOT / "rules").rglob("*.md"))
EXPLAIN = "from assaymark.cli.main import run; run(['explain', 'yaml-unsafe-load'])"
URI = "from assaymark.lsp.shelf import page_uri; print(page_uri('rules/python/yaml-unsafe-load.md'))"
Way = Callable[[Path], Path]
FIND = "from assaymark.rules.pages import pages_folder; print(pages_folder())"


def wheel(folder: Path) -> Path:
    return _built(ROOT, "wheel", folder)


def wheel_of_sdist(folder: Path) -> Path:
    with tarfile.open(_built(ROOT, "sdist", folder)) as archive:
        # Python before 3.11.4 knows no filters; what is unpacked is our own.
        archive.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir() and path.name.startswith("assaymark-"))
    return _built(unpacked, "wheel", folder / "again")


def editable(folder: Path) -> Path:
    return _built(ROOT, "editable", folder)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Way], Path]:
    """What each way of building gives; built once, since no test changes it."""
    return cache(lambda way: way(tmp_path_factory.mktemp(way.__name__)))


@pytest.fixture(scope="module")
def installed(
    built: Callable[[Way], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Way], tuple[Path, Path]]:
    """The Python, and the folder of packages, of what was installed of each; for tests that change nothing in it."""

    def one(way: Way) -> tuple[Path, Path]:
        python = _environment(tmp_path_factory.mktemp("installed") / "env")
        return python, _installed(python, built(way))

    return cache(one)


@pytest.mark.parametrize("way", [wheel, editable], ids=lambda way: way.__name__)
def test_an_installed_rule_is_explained_by_its_page(
    way: Way, installed: Callable[[Way], tuple[Path, Path]]
) -> None:
    """In the terminal and by the link that an editor shows; a page is not only loaded, it is read again."""
    python, _ = installed(way)
    assert "## Use instead" in _said(python, EXPLAIN)
    assert _said(python, URI) == (Path(_said(python, FIND)) / "python" / "yaml-unsafe-load.md").as_uri()


@pytest.mark.parametrize("way", [wheel, wheel_of_sdist], ids=lambda way: way.__name__)
def test_pages_ship_beside_the_code(way: Way, installed: Callable[[Way], tuple[Path, Path]]) -> None:
    """An installed wheel has every page of rules/, beside the code, and finds them there."""
    python, site = installed(way)
    folder = Path(_said(python, FIND))
    assert folder == site / "assaymark" / "pages"
    assert sorted(str(page.relative_to(folder)) for page in folder.rglob("*.md")) == PAGES


def test_the_first_run_of_an_installed_package_compiles_no_rule(
    built: Callable[[Way], Path], tmp_path: Path
) -> None:
    """Nothing is cached yet, and YAML is not imported; a page that was changed afterwards is read."""
    python = _environment(tmp_path / "env")
    site = _installed(python, built(wheel))
    empty = f"import os, sys; os.environ['XDG_CACHE_HOME'] = {str(tmp_path / 'cache')!r}; "
    load = empty + "from assaymark.rules.loading import load; rules = load(); "
    count = len([page for page in PAGES if "/" in page])
    assert _said(python, load + "print(len(rules.rules), 'yaml' in sys.modules)") == f"{count} False"
    page = site / "assaymark" / "pages" / "python" / "yaml-unsafe-load.md"
    page.write_text(page.read_text().replace("severity: high", "severity: critical"))
    severity = "print(rules.named('yaml-unsafe-load').severity.value)"
    assert _said(python, load + severity) == "critical"


def test_both_wheels_hold_the_same(built: Callable[[Way], Path]) -> None:
    """Nothing is lost on the way through the sdist; schemas, types and pages are all there."""
    direct, through = _names(built(wheel)), _names(built(wheel_of_sdist))
    assert direct == through
    shipped = (ROOT / "server").rglob("assaymark/**/*")
    wanted = {
        path.relative_to(ROOT / "server").as_posix() for path in shipped if path.suffix in {".json", ".typed"}
    }
    assert wanted <= direct
    assert "assaymark/py.typed" in wanted


def test_an_editable_install_reads_the_checkout(installed: Callable[[Way], tuple[Path, Path]]) -> None:
    """It finds rules/ of the checkout and leaves no copy that could grow stale."""
    python, site = installed(editable)
    assert Path(_said(python, FIND)) == ROOT / "rules"
    assert not (site / "assaymark").exists()


def test_a_plain_checkout_reads_its_own_pages(tmp_path: Path) -> None:
    """Without any install: the code is on the path, and the pages stand in rules/."""
    python = _environment(tmp_path / "env")
    assert (
        Path(_said(python, f"import sys; sys.path.insert(0, {str(ROOT / 'server')!r}); {FIND}"))
        == ROOT / "rules"
    )


def test_missing_pages_are_an_error_that_names_both_places(
    built: Callable[[Way], Path], tmp_path: Path
) -> None:
    """Neither beside the code nor in a checkout: the error says where it looked."""
    python = _environment(tmp_path / "env")
    site = _installed(python, built(wheel))
    shutil.rmtree(site / "assaymark" / "pages")
    failed = subprocess.run(
        [python, "-I", "-c", FIND], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert failed.returncode != 0
    assert str(site / "assaymark" / "pages") in failed.stderr
    assert "rules" in failed.stderr.replace("assaymark/rules", "").replace("assaymark.rules", "")


def _built(source: Path, distribution: str, folder: Path) -> Path:
    return Path(build.ProjectBuilder(source, runner=_quiet).build(distribution, folder))


def _quiet(command: list[str], cwd: str | None = None, extra_environ: dict[str, str] | None = None) -> None:
    from pyproject_hooks import quiet_subprocess_runner

    quiet_subprocess_runner(command, cwd, extra_environ)


def _environment(folder: Path) -> Path:
    """The Python of a new environment that has what Assaymark depends on, but no Assaymark."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    # A .pth line lends the dependencies; .pth files in the lent folder itself (an editable Assaymark) are not read.
    (_site(python) / "lent.pth").write_text(sysconfig.get_path("purelib"))
    return python


def _installed(python: Path, package: Path) -> Path:
    """Where *package* was installed to."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", python]
    # The lent folder also lends its record of Assaymark, which pip would uninstall.
    # Nor are the modules compiled that nothing imports.
    how = ["--no-deps", "--no-index", "--no-compile", "--ignore-installed"]
    subprocess.run([*pip, "install", *how, package], check=True)
    return _site(python)


def _site(python: Path) -> Path:
    return Path(_said(python, "import sysconfig; print(sysconfig.get_path('purelib'))"))


def _said(python: Path, code: str) -> str:
    # Isolated: a PYTHONPATH of whoever runs the tests names a checkout.
    run = [python, "-I", "-c", code]
    return subprocess.run(run, capture_output=True, text=True, cwd=python.parent, check=True).stdout.strip()


def _names(package: Path) -> set[str]:
    with zipfile.ZipFile(package) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}
