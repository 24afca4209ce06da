"""A demonstration: what an agent's session did that needs a look, the worst on top."""

from __future__ import annotations

import json

from assaymark.cli.demo_stage import Stage, Wrong

_VIEWS = """\
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse


@login_required
def orders(request):
    return JsonResponse({"orders": list(request.user.orders.values())})
"""
_TESTS = """\
from shop.views import orders


def test_orders_are_for_those_who_logged_in(client):
    assert client.get("/orders").status_code == 302


def test_orders_are_listed(client, user):
    client.force_login(user)
    assert client.get("/orders").status_code == 200
"""
_GONE = _TESTS[_TESTS.index("def test_orders_are_for") : _TESTS.index("def test_orders_are_listed")]
_IMPORT = "\n\ndef load(body):\n    return yaml.load(body, Loader=yaml.Loader)\n"


def session(stage: Stage) -> str:
    """What was shown. Effect: shows it. Raises Failed or Wrong."""
    stage.tell("A shop with a guarded page, and tests of it")
    stage.write("views.py", _VIEWS)
    stage.write("test_views.py", _TESTS)
    stage.write("requirements.txt", "django==5.1\n")
    stage.run("git", "add", ".")
    stage.run("git", "commit", "-q", "-m", "List the orders")
    stage.tell("An agent is asked to make the failing request work, and reports each edit to its hook")
    stage.agent_edits("views.py", "@login_required\n", "")
    stage.agent_edits("test_views.py", _GONE, "")
    stage.agent_edits("requirements.txt", "django==5.1\n", "django==5.1\npyyaml\n")
    stage.agent_edits("views.py", "from django.http", "import yaml\nfrom django.http")
    stage.agent_edits("views.py", "values())})\n", f"values())}})\n{_IMPORT}")
    stage.tell("The card of the session")
    stage.run("assaymark", "session", check=False)
    _, said = stage.ran(("assaymark", "session", "--format", "json"), "")
    _hold(json.loads(said))
    return "The guard and the test that are gone stand on top, whatever else the session did."


def _hold(card: dict[str, list[dict[str, str]]]) -> None:
    """Raises Wrong unless the card has what was done, in its order."""
    items = [(item["kind"], item["path"]) for item in card["items"]]
    above = {("guard", "views.py"), ("test", "test_views.py"), ("finding", "views.py")}
    if items[:1] != [("guard", "views.py")] or ("test", "test_views.py") not in items[:3]:
        msg = f"the guard and the test should stand on top of the card, not {items[:3]}"
        raise Wrong(msg)
    if not above <= set(items) or ("dependency", "requirements.txt") not in items:
        msg = f"the card lacks something of what was done: {items}"
        raise Wrong(msg)
