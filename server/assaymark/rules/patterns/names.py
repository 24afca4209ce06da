"""
Matching names: metavariables, words, dotted paths through imports, members.

Invariants:
    A path matches what an import binds to it, under whatever name; else what is spelled like it and is bound
    to nothing else: not to another import, not to a function or class of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assaymark.rules.patterns.binding import NO, Env, Envs
from assaymark.rules.patterns.pattern import Many, Member, Meta, Path, Token, Word
from assaymark.rules.patterns.rows import distinct
from assaymark.rules.patterns.scene import Matchers, Scene
from assaymark.syntax.node import Node


def _meta(scene: Scene, pattern: Meta, node: Node, env: Env) -> Envs:
    table = scene.table
    # A keyword argument is no positional one, and text between interpolations is no expression.
    if not node.named or node.is_error or node.kind in (table.keyword[0], table.string_content):
        return NO
    return (env,) if pattern.name is None else scene.bind(env, pattern.name, node)


def _many(scene: Scene, pattern: Many, node: Node, env: Env) -> Envs:
    return (env,) if pattern.name is None else scene.bind(env, pattern.name, node)


def _word(_: Scene, pattern: Word, node: Node, env: Env) -> Envs:
    return (env,) if node.text.decode(errors="replace") == pattern.text else NO


def _token(_: Scene, pattern: Token, node: Node, env: Env) -> Envs:
    if not node.named:
        return (env,) if node.kind == pattern.text else NO
    return (env,) if node.text.decode(errors="replace") == pattern.text else NO


def _path(scene: Scene, pattern: Path, node: Node, env: Env) -> Envs:
    if node.kind not in scene.table.atoms or not _may_be(scene, pattern, node):
        return NO
    if not _is_short(scene, node, len(pattern.parts)):
        return NO
    found: list[Env] = []
    for names in _meanings(scene, node):
        if len(names) == len(pattern.parts):
            found.extend(_parts(scene, pattern.parts, names, node, env))
    return distinct(found)


def _may_be(scene: Scene, pattern: Path, node: Node) -> bool:
    """A cheap answer first: only the first name of a path can be an alias."""
    last = pattern.parts[-1]
    if not isinstance(last, Word):
        return True
    if node.kind == scene.table.member[0]:
        name = node.child(scene.table.member[2])
        return name is not None and name.text == last.text.encode()
    if node.text == last.text.encode():
        return True
    whole = path_text(pattern)
    return whole is None or node.text in scene.view.aliases(whole)


def _is_short(scene: Scene, node: Node, n_names: int) -> bool:
    """Whether a chain has no more names than the path: imports make it longer, never shorter."""
    kind, object_field, _ = scene.table.member
    inner: Node | None = node
    while inner is not None and inner.kind == kind:
        n_names -= 1
        if n_names < 1:
            return False
        inner = inner.child(object_field)
    return True


def path_text(pattern: Path) -> str | None:
    """The path as a dotted name; None when a metavariable is in it."""
    words = [part.text for part in pattern.parts if isinstance(part, Word)]
    return ".".join(words) if len(words) == len(pattern.parts) else None


def _meanings(scene: Scene, node: Node) -> Iterator[list[str]]:
    """What a name or chain of names stands for, as lists of names."""
    spelled = scene.spelled(node)
    if not spelled:
        return
    resolution = scene.view.names.resolve(node)
    if resolution.kind == "import":
        yield from (path.split(".") for path in resolution.paths)
    elif resolution.kind != "definition":
        yield spelled.split(".")


def _parts(scene: Scene, parts: Sequence[Word | Meta], names: Sequence[str], node: Node, env: Env) -> Envs:
    envs: Envs = (env,)
    chain: list[Node] | None = None
    for index, (part, name) in enumerate(zip(parts, names, strict=True)):
        if isinstance(part, Word):
            if part.text != name:
                return NO
            continue
        chain = chain or _chain(scene, node)
        after = len(names) - index
        place = chain[-after] if after <= len(chain) else node
        envs = [bound for known in envs for bound in scene.bind_text(known, part.name, name, place)]
    return envs


def _chain(scene: Scene, node: Node) -> list[Node]:
    """The nodes of the names in `a.b.c`."""
    kind, object_field, name_field = scene.table.member
    found: list[Node] = []
    while node.kind == kind:
        name, inner = node.child(name_field), node.child(object_field)
        if name is None or inner is None:
            break
        found.append(name)
        node = inner
    found.append(node)
    return found[::-1]


def _member(scene: Scene, pattern: Member, node: Node, env: Env) -> Envs:
    kind, object_field, name_field = scene.table.member
    if node.kind == scene.table.identifier:
        return _imported_member(scene, pattern, node, env)
    if node.kind != kind or not scene.whole(node):
        return NO
    name, target = node.child(name_field), node.child(object_field)
    if name is None or target is None:
        return NO
    envs = scene.at(pattern.name, name, env)
    if not envs or not pattern.hops:
        return [bound for known in envs for bound in scene.at(pattern.target, target, known)]
    inner = list(_links(scene, target))
    return [bound for known in envs for link in inner for bound in scene.at(pattern.target, link, known)]


def _links(scene: Scene, node: Node) -> Iterator[Node]:
    """*node* and what it is a member, call or element of, innermost last."""
    current: Node | None = node
    while current is not None:
        scene.work.step()
        yield current
        current = scene.core(current)
        field = scene.table.links.get(current.kind)
        current = current.child(field) if field is not None else None


def _imported_member(scene: Scene, pattern: Member, node: Node, env: Env) -> Envs:
    """`$X.loads` is also `loads` after `from pickle import loads`."""
    if pattern.hops or not isinstance(pattern.target, Meta):
        return NO
    if isinstance(pattern.name, Word) and node.text != pattern.name.text.encode():
        return NO
    resolution = scene.view.names.resolve(node)
    found: list[Env] = []
    for path in resolution.paths if resolution.kind == "import" else ():
        module, _, name = path.rpartition(".")
        if module and (isinstance(pattern.name, Meta) or name == pattern.name.text):
            for known in _parts(scene, (pattern.name,), (name,), node, env):
                found.extend(scene.bind_text(known, pattern.target.name, module, node))
    return found


MATCHERS: Matchers = {Meta: _meta, Many: _many, Word: _word, Token: _token, Path: _path, Member: _member}
