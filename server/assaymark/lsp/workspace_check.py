"""
The check of the whole workspace: its closed files, one after the other, while nothing else is to do.

A turn of the loop checks one file. While somebody types, it rests; so a key waits for one file at most.

Invariants:
    An open document is never checked here: what is said of it is said from the desk.
    Every request that waits for the check is answered: when it ends, or as cancelled when it is stopped.
    What was published of a file is withdrawn when the file is clean, gone or opened, or when the check is
    dismissed.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass, field
from assaymark.lsp.closed_file import ClosedFile, Stamp, checked, stamp_of, unread
from assaymark.lsp.document import Later, Outlet
from assaymark.lsp.offer import Offer
from assaymark.lsp.outbox import MessageId
from assaymark.lsp.places import Place, file_path, folder_of, placed
from assaymark.lsp.progress import Progress, Progresses, Token
from assaymark.lsp.refusal import REQUEST_CANCELLED, Refused
from assaymark.lsp.workspace_pull import WorkspacePull
from assaymark.workspace.walking import File, is_left_out, walking

if TYPE_CHECKING:
    from assaymark.lsp.session import Session

# How long it rests while somebody types.
_REST = 0.3
_TITLE = "assaymark: checking the workspace"


@dataclass(slots=True)
class _Run:
    """What one run has still to do, and who waits for its end."""

    folders: deque[str]
    walk: Iterator[Sequence[File]] | None = None
    files: deque[Place] = field(default_factory=deque)
    is_whole: bool = False
    n_done: int = 0
    n_keys: int = -1
    changed: bool = False
    seen: set[str] = field(default_factory=set)
    progress: list[Progress] = field(default_factory=list)
    then: dict[MessageId, Callable[[], None]] = field(default_factory=dict)


class WorkspaceCheck:
    """What is known of the closed files, and the run that finds it out."""

    def __init__(self, session: Session, later: Later) -> None:
        self.is_standing = False
        self._session = session
        self._later = later
        self._progresses = Progresses(session.outbox, may_create=session.client.shows_progress)
        # The files that there are to check, and what is known of those that are not open.
        self._listed: set[str] = set()
        self._known: dict[str, ClosedFile] = {}
        self._outlets: dict[str, Outlet] = {}
        self._pulls: dict[MessageId, WorkspacePull] = {}
        self._run: _Run | None = None
        self._is_fresh = False
        self._offer = Offer(session.client, session.outbox)

    def check(self, request: MessageId, token: Token | None, then: Callable[[], None]) -> None:
        """Effect: all folders are checked, and from then on what changes in them; *then* follows once."""
        self._stand()
        run = self._whole_run()
        run.then[request] = then
        run.progress.append(self._progresses.begun(token, _TITLE, self.stop))

    def pull(self, request: MessageId, pull: WorkspacePull, token: Token | None) -> None:
        """Effect: *request* is answered with all that is known, once that is complete and new."""
        self._pulls[request] = pull
        if self._is_fresh and self._run is None and self._session.client.watches_files:
            self._answer_pulls()
            return
        run = self._whole_run()
        if token is not None:
            run.progress.append(self._progresses.begun(token, _TITLE, self.stop))

    def follow(self) -> None:
        """Effect: where the settings want the workspace checked, it is, without being asked for."""
        preferences = self._session.preferences
        wanted = any(
            preferences.options(f"{folder.rstrip('/')}/").settings.workspace_diagnostics
            for folder in preferences.folders
        )
        if wanted and not self.is_standing:
            self._stand()
            if not self._session.client.pulls:
                self._whole_run().progress.append(self._progresses.begun(None, _TITLE, self.stop))

    def known(self, uri: str) -> ClosedFile | None:
        """What is known of the closed file *uri*."""
        return self._known.get(uri)

    def counts(self) -> Counter[str]:
        """What the check has found in closed files, in numbers: files, findings by severity, failed files."""
        counts: Counter[str] = Counter(files=len(self._known))
        for file in self._known.values():
            counts.update(file.counts)
            counts["failed"] += bool(file.reason)
        return counts

    def changed(self, paths: Iterable[str]) -> None:
        """
        Effect: of what was checked, the files *paths* are checked again.

        Where there is a new one, the folder is looked through, whose ignore files have a say.
        """
        if not self._listed:
            return
        for place in filter(None, map(self._place, paths)):
            if place.uri in self._listed:
                self._started().files.append(place)
            elif not any(map(is_left_out, place.inside.split("/")[:-1])):
                folders = self._started().folders
                folders.extend(() if place.folder in folders else (place.folder,))

    def reconsider(self) -> None:
        """Effect: what settings, rules or folders changed is found out anew."""
        self._is_fresh = False
        folders = self._session.preferences.folders
        for uri in [uri for uri in self._known if folder_of(uri, folders) is None]:
            self._forget(uri)
        if self.is_standing:
            self._whole_run()
        self.follow()

    def opened(self, uri: str) -> None:
        """Effect: nothing more is said here of what is open now."""
        place = self._place(file_path(uri)) if self._known else None
        if place is None:
            return
        self._known.pop(place.uri, None)
        # The publish of the open document takes this one's place, under the client's name for it.
        outlet = self._outlets.pop(place.uri, None)
        if outlet is not None and place.uri != uri:
            self._session.delivery.withdraw(outlet)

    def closed(self, uri: str) -> None:
        """Effect: what holds on the disk is found out again."""
        self.changed((file_path(uri),))

    def cancel(self, request: MessageId) -> None:
        """Effect: if *request* waits for the check, it waits no longer; for nobody else, the check stops."""
        run = self._run
        if self._pulls.pop(request, None) is None and (run is None or run.then.pop(request, None) is None):
            return
        self._session.outbox.refuse(request, Refused(REQUEST_CANCELLED, "cancelled"))
        if not self._pulls and run is not None and not run.then:
            self.stop()

    def cancel_progress(self, token: Token) -> None:
        """Effect: if the check goes on under *token*, it stops."""
        self._progresses.cancel(token)

    def stop(self) -> None:
        """Effect: the check ends here; what it has found stays, and who waits for it is refused."""
        run, self._run = self._run, None
        waiting = [*self._pulls, *(run.then if run is not None else ())]
        self._pulls = {}
        for request in waiting:
            self._session.outbox.refuse(request, Refused(REQUEST_CANCELLED, "the check was stopped"))
        if run is not None:
            self._end_progress(run, "stopped")

    def dismiss(self) -> None:
        """Effect: the check stands no longer, and nothing that it found is shown."""
        self.stop()
        self.is_standing = self._is_fresh = False
        self._offer.withdraw()
        self._listed = set()
        for uri in tuple(self._known):
            self._forget(uri)

    def _stand(self) -> None:
        """Effect: the check stands; a client that pulls, and can be told so now, pulls the workspace too."""
        self.is_standing = True
        self._offer.make()

    def _whole_run(self) -> _Run:
        run = self._started()
        if not run.is_whole:
            run.is_whole = True
            run.folders.extend(self._session.preferences.folders)
        return run

    def _started(self) -> _Run:
        if self._run is None:
            run = self._run = _Run(deque())
            self._later(0, lambda: self._turn(run))
        return self._run

    def _turn(self, run: _Run) -> None:
        """Effect: one thing more is done, unless somebody types."""
        if self._run is not run:
            return
        n_keys, run.n_keys = run.n_keys, self._session.n_changes
        if n_keys not in {-1, run.n_keys}:
            self._later(_REST, lambda: self._turn(run))
            return
        try:
            is_over = self._did_one_thing(run)
        except Exception as error:  # noqa: BLE001 - who waits is answered, whatever failed
            self._session.outbox.fault(error, "the check of the workspace")
            self.stop()
            return
        if not is_over:
            self._later(0, lambda: self._turn(run))

    def _did_one_thing(self, run: _Run) -> bool:
        """Whether the run is over. Effect: if not, a folder was looked through or a file checked."""
        if run.walk is not None or run.folders:
            self._walk(run)
        elif run.files:
            self._check(run, run.files.popleft())
        else:
            self._finish(run)
            return True
        return False

    def _walk(self, run: _Run) -> None:
        """Effect: one folder more is looked through."""
        if run.walk is None:
            folder = run.folders.popleft()
            top = os.path.normpath(file_path(folder))
            if folder.startswith("file:") and "\0" not in top:
                preferences = self._session.preferences
                run.walk = walking(top, preferences.excluding(folder), preferences.doubts)
            return
        files = next(run.walk, None)
        if files is None:
            run.walk = None
        places = list(filter(None, (self._place(file.place) for file in files or ())))
        self._listed.update(place.uri for place in places)
        run.files.extend(places)

    def _check(self, run: _Run, place: Place) -> None:
        run.n_done += 1
        # The last folders may hold the same file: a folder may be inside another.
        if place.uri not in run.seen and not self._is_open(place):
            run.seen.add(place.uri)
            run.changed = self._look_at(place) or run.changed
        for progress in run.progress:
            progress.report(run.n_done, run.n_done + len(run.files))

    def _look_at(self, place: Place) -> bool:
        """Whether *place* has other diagnostics than before. Effect: they are known, and told."""
        before, stamp = self._known.get(place.uri), stamp_of(self._session, place.path, place.uri)
        if stamp is None:
            self._forget(place.uri)
            return before is not None and bool(before.items)
        is_known = before is not None and before.stamp == stamp
        after = before if before is not None and is_known else self._checked(place, stamp)
        self._known[place.uri] = after
        for pull in self._pulls.values():
            pull.take(place.uri, after)
        self._publish(place.uri, after.items)
        return after.items != (before.items if before is not None else b"")

    def _checked(self, place: Place, stamp: Stamp) -> ClosedFile:
        try:
            return checked(self._session, place.path, place.uri, stamp)
        except Exception as error:  # noqa: BLE001 - one file fails, and is said to
            self._session.outbox.fault(error, "the check of a file")
            return unread(stamp, f"a fault of the server, {type(error).__name__}")

    def _finish(self, run: _Run) -> None:
        """Effect: who waits for the run hears of its end."""
        self._run = None
        if run.is_whole:
            for uri in [uri for uri in self._known if uri not in run.seen]:
                self._forget(uri)
            self._is_fresh = True
        counts = self.counts()
        n_found = sum(counts[severity] for severity in counts if severity not in {"files", "failed"})
        self._end_progress(run, f"{n_found:,} findings in {counts['files']:,} closed files")
        pulled = bool(self._pulls)
        self._answer_pulls()
        for then in run.then.values():
            then()
        if self._session.client.pulls and run.changed and not pulled:
            self._session.outbox.ask("workspace/diagnostic/refresh", None)

    def _answer_pulls(self) -> None:
        pulls, self._pulls = self._pulls, {}
        for request, pull in pulls.items():
            for uri, file in self._known.items():
                pull.take(uri, file)
            for outlet, report in self._session.open_reports(pull.previous):
                pull.take_open(outlet, report)
            pull.answer(self._session.outbox, request)

    def _end_progress(self, run: _Run, message: str) -> None:
        for progress in run.progress:
            self._progresses.end(progress, message)

    def _publish(self, uri: str, items: bytes) -> None:
        outlet = self._outlets.get(uri)
        if self._session.client.pulls or items == (outlet.told if outlet is not None else b""):
            return
        outlet = self._outlets.setdefault(uri, Outlet(uri, None))
        outlet.told = items
        self._session.delivery.publish(outlet, items)

    def _forget(self, uri: str) -> None:
        self._known.pop(uri, None)
        self._listed.discard(uri)
        outlet = self._outlets.pop(uri, None)
        if outlet is not None:
            self._session.delivery.withdraw(outlet)

    def _is_open(self, place: Place) -> bool:
        return any(file_path(document.uri) == place.path for document in self._session.documents())

    def _place(self, path: str) -> Place | None:
        return placed(path, self._session.preferences.folders)
