"""Real Neovim: what a person does in it, by the plug-in that the README says how to install."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest
from editor_places import ROOT, neovim, ran, repository, surroundings, terminal
from picture import keep

HERE = Path(__file__).parent
PLUGIN = ROOT / "editors/neovim"
SHOP = """\
import yaml


def first(body):
    return yaml.load(body)


def second():
    return 1
"""


def fenced(page: Path, language: str, heading: str) -> str:
    """The first block of code in *language* under *heading*."""
    section = page.read_text("utf-8").partition(heading)[2]
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found, f"{page}: nothing in {language} under {heading}"
    return found[1]


def newcomer(home: Path) -> dict[str, str]:
    """The environment of somebody who did what the README says. Effect: it is done."""
    environment = surroundings(home)
    # "Copy `editors/neovim`": a package of Neovim's own kind, and the lines for init.lua.
    target = home / "share/nvim/site/pack/assaymark/start/assaymark"
    shutil.copytree(PLUGIN, target, ignore=shutil.ignore_patterns("images", "tags"))
    (home / "config/nvim").mkdir(parents=True)
    (home / "config/nvim/init.lua").write_text(fenced(PLUGIN / "README.md", "lua", "## Install"), "utf-8")
    return environment


@pytest.mark.e2e
@pytest.mark.timeout(240)
def test_a_story_in_neovim(tmp_path: Path) -> None:
    """Open, type, hover, undo, accept, paste, fix, mark as reviewed, format, lists, health, help, quit."""
    program, more = neovim()
    home = tmp_path / "home"
    environment = newcomer(home) | more
    folder = repository(tmp_path / "shop", environment, {"shop.py": SHOP})
    ran([program, "-n", "--headless", "-c", "helptags ALL", "-c", "qa!"], folder, environment, 20)
    story = [program, "-n", "-l", HERE / "neovim_story.lua", program, sys.executable, HERE]
    done = ran(story, folder, environment, 200)
    print(done.stdout)
    steps = re.findall(r"^(ok|FAIL) ", done.stdout, re.MULTILINE)
    assert (done.returncode, set(steps), len(steps)) == (0, {"ok"}, 22), done.stdout


PICTURED = """\
import hashlib
import subprocess

import yaml


def settings(path):
    return yaml.safe_load(path.read_text())


def token(user):
    return hashlib.sha256(user.encode()).hexdigest()
"""
BY_AGENT = """

def restore(body, command):
    state = yaml.load(body)
    subprocess.run(command, shell=True)
    return state
"""
LOOK = """\
vim.o.number = true
vim.o.statusline = "%f %m%=%{v:lua.require'assaymark'.statusline()} "
"""


@pytest.mark.e2e
@pytest.mark.timeout(120)
def test_a_screen_of_neovim(tmp_path: Path) -> None:
    """In a terminal: signs, findings behind their lines, the hint and the status line."""
    program, more = neovim()
    environment = newcomer(tmp_path / "home") | more
    folder = repository(tmp_path / "shop", environment, {"session.py": PICTURED})
    file, last = folder / "session.py", ".hexdigest()\n"
    ran([sys.executable, HERE / "agent_edit.py", file, last, last + BY_AGENT], folder, environment)
    (tmp_path / "look.lua").write_text(LOOK, "utf-8")
    with terminal(folder, environment, (100, 26)) as screen:
        screen.text(f"clear; exec {program} -n -S {tmp_path / 'look.lua'} session.py\n")
        shown = screen.until("AI, not reviewed", "yaml.safe_load", "assaymark: 2 findings")
        keep(screen.screen(colours=True), PLUGIN / "images/findings.svg", 100, "Neovim")
        screen.keys(":qall!", "Enter")
    assert "restore(body, command):" in next(text for text in shown.splitlines() if "not reviewed" in text)


MINIMAL = """\
local function wait(look)
  assert(vim.wait(30000, look, 10), 'it never came')
end
vim.cmd.edit('shop.py')
wait(function() return #vim.diagnostic.get(0) == 1 end)
assert(vim.diagnostic.get(0)[1].code == 'yaml-unsafe-load')
vim.api.nvim_win_set_cursor(0, { 5, 11 })
vim.lsp.buf.code_action({ apply = true, filter = function(one) return one.title:find('safe_load', 1, true) end })
wait(function() return vim.fn.getline(5):find('safe_load', 1, true) and #vim.diagnostic.get(0) == 0 end)
io.stdout:write('as it should be')
vim.cmd('qall!')
"""


@pytest.mark.e2e
@pytest.mark.timeout(120)
def test_neovim_0_10_by_its_minimal_configuration(tmp_path: Path) -> None:
    """Open, see, fix, see gone."""
    program, more = neovim("neovim-0.10")
    environment = surroundings(tmp_path / "home") | more
    folder = repository(tmp_path / "shop", environment, {"shop.py": SHOP})
    (tmp_path / "story.lua").write_text(MINIMAL, "utf-8")
    begin = ["-n", "--headless", "--clean", "-u", PLUGIN / "minimal-0.10.lua"]
    done = ran(
        [program, *begin, "-c", f"luafile {tmp_path / 'story.lua'}", "-c", "cquit 1"],
        folder,
        environment,
        100,
    )
    assert (done.returncode, done.stdout) == (0, "as it should be")
