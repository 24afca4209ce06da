"""What trailers, Agent Trace records and our own evidence say of lines, and what they do not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.lineage import agent_trace, evidence, gitai, trailers
from assaymark.lineage.trailers import Named
from assaymark.origin import Author, Evidence, Origin


@pytest.mark.parametrize(
    "trailer, named",
    [
        ("Co-Authored-By: Claude <noreply@anthropic.com>", Named("Claude")),
        (
            "Co-authored-by: Claude Opus 4.6 (1M context) <noreply@anthropic.com>",
            Named("Claude", "Claude Opus 4.6"),
        ),
        ("Claude-Session: https://example.com/1", Named("Claude")),
        ("Co-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>", Named("Copilot")),
        (
            "Co-authored-by: copilot-swe-agent[bot] <198982749+Copilot@users.noreply.github.com>",
            Named("Copilot"),
        ),
        ("Co-authored-by: GitHub Copilot <copilot@github.com>", Named("Copilot")),
        ("Co-authored-by: Cursor <cursoragent@cursor.com>", Named("Cursor")),
        ("Made-with: Cursor", Named("Cursor")),
        (
            "Co-authored-by: gemini-code-assist[bot] <176961590+gemini-code-assist[bot]@users.noreply.github.com>",
            Named("Gemini"),
        ),
        ("Co-authored-by: Codex <noreply@openai.com>", Named("Codex")),
        (
            "Co-authored-by: Devin <158243242+devin-ai-integration[bot]@users.noreply.github.com>",
            Named("Devin"),
        ),
        ("Co-authored-by: aider (gpt-5) <noreply@aider.chat>", Named("aider")),
        ("Assisted-by: Claude:claude-opus-4-6 coccinelle", Named("Claude", "claude-opus-4-6")),
    ],
)
def test_a_trailer_names_an_agent(trailer: str, named: Named) -> None:
    """By its e-mail or form; and that makes no line AI's."""
    found = trailers.named_in(f"Subject\n\nBody.\n\n{trailer}\n")
    assert found == (named,)
    origin = trailers.origin_by(found, 7)
    assert origin == Origin(Author.unknown, Evidence.commit, named=named.agent, time=7)


@pytest.mark.parametrize(
    "text",
    [
        "Co-authored-by: Claude Monet <claude@example.com>",
        "Co-authored-by: Cursor",
        "Fix what noreply@anthropic.com says",
        "Co-authored-by: x <noreply@anthropic.com.example.org>",
        "Made-with: love",
        "Assisted-by: ",
    ],
)
def test_a_name_is_no_agent(text: str) -> None:
    """Anybody may be called Claude."""
    assert trailers.named_in(text) == ()
    assert trailers.origin_by(()) is None


def test_authors_count_as_well() -> None:
    """An agent may commit itself; it is named once."""
    people = ("aider user (aider) <me@example.com>", "Claude Sonnet 5 <noreply@anthropic.com>")
    message = "x\n\nCo-authored-by: Claude <noreply@anthropic.com>"
    assert trailers.named_in(message, people) == (Named("Claude", "Claude Sonnet 5"), Named("aider"))


REVISION = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0"


def trace(**changed: object) -> dict[str, object]:
    record: dict[str, object] = {
        "version": "0.1.0",
        "vcs": {"type": "git", "revision": REVISION},
        "tool": {"name": "cursor"},
        "files": [
            {
                "path": "a.ts",
                "conversations": [
                    {
                        "contributor": {"type": "ai", "model_id": "m"},
                        "ranges": [
                            {"start_line": 4, "end_line": 6},
                            {"start_line": 7, "end_line": 7, "contributor": {"type": "human"}},
                        ],
                    }
                ],
            }
        ],
    }
    return record | changed


def test_an_agent_trace_record() -> None:
    """A range has the contributor of its conversation, or its own."""
    (record,) = agent_trace.records(json.dumps(trace(), indent=1).encode())
    assert record.revision == REVISION
    assert record.files["a.ts"] == (
        agent_trace.Traced(4, 6, Origin(Author.ai, Evidence.note, "cursor", "m")),
        agent_trace.Traced(7, 7, Origin(Author.human, Evidence.note)),
    )


def test_agent_trace_lines_that_cannot_be_used() -> None:
    """They are passed over: other versions are read, pseudo-files and what has no form are not."""
    pseudo = trace(
        version="1.0", files=[{"path": ".sessions"}, {"path": 4}, 7, {"path": "x", "conversations": {}}]
    )
    rows = [json.dumps(pseudo), "{", "[]", "", json.dumps(trace(vcs=None)), json.dumps(trace(files={}))]
    found = list(agent_trace.records("\n".join(rows).encode()))
    assert [dict(record.files) for record in found] == [{"x": ()}, {}]


def test_an_agent_trace_record_is_read_as_it_was_written() -> None:
    """What is unknown is left out."""
    ai = Origin(Author.ai, Evidence.note, "assaymark", "m")
    rows = [
        agent_trace.Traced(1, 2, ai),
        agent_trace.Traced(5, 5, Origin(Author.human, Evidence.note)),
        agent_trace.Traced(6, 6, Origin(Author.unknown, Evidence.none)),
    ]
    text = agent_trace.written(
        {"a.py": rows, "b.py": rows[2:]},
        revision=REVISION,
        identifier="0" * 36,
        timestamp="2026-11-14T00:00:00Z",
    )
    (record,) = agent_trace.records(text.encode())
    assert record.files == {"a.py": tuple(rows[:2])}


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda x: st.lists(x) | st.dictionaries(st.text(max_size=3), x),
    )
)
def test_any_agent_trace(value: object) -> None:
    """Nothing raises, whatever stands where a part of a record should."""
    for name in ("files", "vcs", "tool"):
        list(agent_trace.records(json.dumps(trace(**{name: value})).encode()))
    list(agent_trace.records(json.dumps(trace(files=[{"path": "a", "conversations": [value]}])).encode()))


def test_an_evidence_record() -> None:
    """Kind, evidence, tool, model, day and a hashed session; neither the conversation nor what was asked."""
    origin = Origin(Author.ai, Evidence.hook, "claude", "m", "conversation-7", "prompt-ref", time=99)
    key, record = evidence.keyed(origin, [Author.human, Author.human], "2026-11-14")
    assert record == {
        "author": "ai",
        "evidence": "hook",
        "tool": "claude",
        "model": "m",
        "session": gitai.keyed(origin)[0].partition("::")[0],
        "date": "2026-11-14",
        "mixed": ["human"],
    }
    assert evidence.keyed(origin, [Author.human], "2026-11-14")[0] == key
    assert evidence.keyed(origin, [], "2026-11-14")[0] != key
    assert not {"conversation-7", "prompt-ref"} & {str(value) for value in record.values()}


def test_an_evidence_note() -> None:
    """It is read by the same grammar, and merged by it."""
    typed, typed_record = evidence.keyed(Origin(Author.human, Evidence.typed), [], "2026-11-14")
    hook, hook_record = evidence.keyed(Origin(Author.ai, Evidence.hook, "claude"), [Author.human], "")
    note = evidence.note_of({"a.py": {1: typed, 2: hook, 3: typed}}, {typed: typed_record, hook: hook_record})
    again = gitai.read(gitai.written(note))
    assert again == note
    assert [tuple(piece) for piece in again.pieces("a.py")] == [(1, 1, typed), (2, 2, hook), (3, 3, typed)]
    record = evidence.record_of(again, hook)
    assert (evidence.author_in(record), evidence.evidence_in(record)) == (Author.ai, Evidence.hook)
    assert evidence.is_mixed(record)
    other = evidence.note_of({"b.py": {1: typed}}, {typed: typed_record})
    both = gitai.merged(other, note)
    assert set(both.files) == {"a.py", "b.py"}
    assert evidence.record_of(both, hook) == hook_record


def test_reviews_have_room() -> None:
    """Entries about reviews are no origins."""
    note = gitai.read("a.py\n  e_1 1-4\n  r_1 2-3\n---\n{}")
    assert [tuple(piece) for piece in evidence.origins_alone(note).pieces("a.py")] == [(1, 4, "e_1")]
