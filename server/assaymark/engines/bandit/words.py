"""
The words without which a test of bandit's cannot find anything.

A file that does not hold them need not be given to bandit for that test. The facts were read from bandit's
tests (1.9); a test that does not stand here, such as another package's, is asked of every file.

Invariants:
    Of every group of a test's words one is in each text that the test finds anything in.
    Case and the compatibility forms of characters, which Python folds in names, make no difference.
    A literal is taken as it is written: what only its escapes or its pieces spell is not seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PASSWORDS = (("pas", "pwd", "token", "secret"),)
_CALLERS = ("system", "popen", "getoutput", "getstatusoutput")
_STARTERS = ("exec", "spawn", "startfile")
_PROTOCOLS = ("sslv2", "sslv3", "tlsv1")
_BIDIRECTIONAL = tuple("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200f")

# The versions whose tests stand here, all of them.
VERSIONS = ("1.9.",)

# Groups of which each must have a word in the text.
WORDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "B101": (("assert",),),
    "B102": (("exec",),),
    "B103": (("chmod",),),
    "B104": (("0.0.0.0",),),  # noqa: S104 - what the test looks for
    "B105": _PASSWORDS,
    "B106": _PASSWORDS,
    "B107": _PASSWORDS,
    "B108": (("/tmp", "/dev/shm"),),  # noqa: S108 - what the test looks for
    "B110": (("except",), ("pass",)),
    "B112": (("except",), ("continue",)),
    "B113": (("requests", "httpx"),),
    "B201": (("flask",), ("run",), ("debug",)),
    "B202": (("tarfile",), ("extractall",)),
    "B301": (("pickle", "dill", "shelve"),),
    "B302": (("marshal",),),
    "B303": (("crypto",), ("md2", "md4", "md5", "sha")),
    "B304": (("crypto",), ("arc2", "arc4", "blowfish", "des", "xor", "cast5", "idea", "seed")),
    "B305": (("cryptography",), ("ecb",)),
    "B306": (("tempfile",), ("mktemp",)),
    "B307": (("eval",),),
    "B308": (("mark_safe",),),
    "B310": (("urllib",), ("urlopen", "urlretrieve", "urlopener")),
    "B311": (("random",),),
    "B312": (("telnetlib",),),
    "B313": (("celementtree",),),
    "B314": (("elementtree",),),
    "B315": (("expatreader",),),
    "B316": (("expatbuilder",),),
    "B317": (("xml",), ("sax",)),
    "B318": (("minidom",),),
    "B319": (("pulldom",),),
    "B321": (("ftplib",),),
    "B323": (("_create_unverified_context",),),
    "B324": (("hashlib", "crypt"),),
    "B401": (("telnetlib",),),
    "B402": (("ftplib",),),
    "B403": (("pickle", "dill", "shelve"),),
    "B404": (("subprocess",),),
    "B405": (("etree",),),
    "B406": (("xml",), ("sax",)),
    "B407": (("expatbuilder",),),
    "B408": (("minidom",),),
    "B409": (("pulldom",),),
    "B411": (("xmlrpc",),),
    "B412": (("cgihandler", "cgiscript", "cgidirectory"),),
    "B413": (("crypto",),),
    "B415": (("pyghmi",),),
    "B501": (("requests", "httpx"), ("verify",)),
    "B502": (("method", "ssl_version"), _PROTOCOLS),
    "B503": (_PROTOCOLS,),
    "B504": (("wrap_socket",),),
    "B505": (("crypto",), ("generate",)),
    "B506": (("yaml",), ("load",)),
    "B507": (("paramiko",), ("set_missing_host_key_policy",)),
    "B508": (("communitydata",),),
    "B509": (("usmuserdata",),),
    "B601": (("paramiko",), ("exec_command",)),
    "B602": (("subprocess",), ("shell",)),
    "B603": (("subprocess",),),
    "B604": (("shell",),),
    "B605": (_CALLERS,),
    "B606": (("os",), _STARTERS),
    "B607": (("subprocess", *_CALLERS, *_STARTERS),),
    "B608": (("select", "delete", "insert", "update"),),
    "B609": (("chown", "chmod", "tar", "rsync"), ("*",), ("subprocess", *_CALLERS)),
    "B610": (("extra",),),
    "B611": (("rawsql",),),
    "B612": (("logging",), ("listen",)),
    "B613": (_BIDIRECTIONAL,),
    "B614": (("torch",), ("load",)),
    "B615": (
        ("transformers", "datasets", "huggingface_hub"),
        ("from_pretrained", "load_dataset", "hf_hub_download", "snapshot_download", "repository_id"),
    ),
    "B701": (("jinja2",), ("environment",)),
    "B702": (("mako",), ("template",)),
    "B703": (("safestring",),),
    "B704": (("markupsafe", "flask"), ("markup",)),
}

# What these find has low severity or low confidence, so that nothing of it is shown below the last level.
PEDANTIC = frozenset((
    "B101", "B105", "B106", "B107", "B110", "B112", "B113", "B311", "B403", "B404", "B405", "B406", "B407",
    "B408", "B409", "B504", "B603", "B604", "B606", "B607",
))  # fmt: skip


def folded(content: bytes) -> str:
    """*content* as `may_find` reads it."""
    if content.isascii():
        return content.lower().decode()
    # Late: its tables are large, and most texts do without.
    import unicodedata

    return unicodedata.normalize("NFKC", content.decode("utf-8", "replace")).lower()


def may_find(test: str, text: str) -> bool:
    """Whether *test* can find anything in *text*, which is `folded`; one that is not known always can."""
    return all(any(word in text for word in group) for group in WORDS.get(test, ()))
