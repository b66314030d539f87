"""What is left out of a report that leaves the host: names of people and of the host, homes, command lines.

The name of the host is replaced by a hash of it: two reports of one host can be told to be of one, and the name
cannot be read from it; who already guesses it can check the guess. What is written in a policy (the reason of a
declaration) was written to be read, and stays.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from quietport.words.gates import readable

if TYPE_CHECKING:
    from quietport.model.page import Value
    from quietport.model.verdict import Evidence
    from quietport.words.phrasebook import Phrasebook

_HOME = re.compile(
    r"(?:/(?:home|Users|export/home|var/home)/[^/\s:;,'\"]+|/root(?=[/\s:;,'\"]|$)|[A-Za-z]:\\Users\\[^\\/:;,'\"]+)"
)
"""The home of a user, wherever it stands in a text."""

PERSONAL = frozenset({"user", "uid", "author", "host", "command", "arguments", "remote"})
"""Values of evidence that name people, hosts or command lines."""


class Redaction:
    """Makes texts and values fit to leave the host, or leaves them as they are."""

    def __init__(self, book: Phrasebook, *, on: bool) -> None:
        """Keep the language in which it is said that something is left out."""
        self._book = book
        self.on = on
        """False where somebody asked for everything."""

    def text(self, text: str) -> str:
        """Return a text without the names of homes."""
        return _HOME.sub("~", text) if self.on else text

    def host(self, name: str) -> str:
        """Return the name of a host, or what stands for it."""
        if not self.on:
            return readable(name)
        digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
        return f"host-{digest[:12]}"

    def values(self, piece: Evidence) -> dict[str, Value]:
        """Return the values of a piece of evidence."""
        if not self.on:
            return dict(piece.values)
        withheld = self._book.say("export.withheld")
        return {
            name: withheld if name in PERSONAL else self.text(value) if isinstance(value, str) else value
            for name, value in piece.values.items()
        }
