"""Everything quietport raises on purpose.

::

    QuietportError
    ├── UsageError              the question cannot be understood
    │   └── BadPortError        ... because of a port that is none (also a ValueError)
    ├── NoSuchEntryError        the question is clear, and nothing goes by that name
    ├── DataError               data of ours is missing or damaged
    │   ├── SourceTextError     ... a row of the text it is made from
    │   └── PolicyError         a policy file cannot be obeyed as it stands
    └── SurveyError             the question could not be answered on this machine

Only ``cli`` turns them into exit codes.
"""

from __future__ import annotations


class QuietportError(Exception):
    """The root: nothing else is raised on purpose."""


class UsageError(QuietportError):
    """The question cannot be understood; says what would be."""


class BadPortError(UsageError, ValueError):
    """A text or number that is no port, port range or transport."""

    def __init__(self, text: str) -> None:
        """Keep the text as it was given."""
        super().__init__(text)
        self.text = text
        """What was given in place of a port."""


class NoSuchEntryError(QuietportError):
    """Nothing goes by that name; carries the nearest names that do exist."""

    def __init__(self, name: str, nearest: tuple[str, ...] = ()) -> None:
        """Keep the name and what is spelt most like it."""
        super().__init__(name)
        self.name = name
        """The name that was looked up."""
        self.nearest = nearest
        """Existing names, most alike first."""


class DataError(QuietportError):
    """A file that quietport needs is missing or damaged; names the file and the place."""


class SourceTextError(DataError):
    """A row of a text source is malformed."""

    def __init__(self, place: str, problem: str) -> None:
        """Say where (file and line) and what."""
        super().__init__(f"{place}: {problem}")
        self.place = place
        """File and line."""
        self.problem = problem
        """What is wrong there."""


class PolicyError(DataError):
    """A policy file is malformed, cannot be read, or must not be written; never passed over in silence."""

    def __init__(self, place: str, problem: str) -> None:
        """Say where (file and line) and what, and what would be right."""
        super().__init__(f"{place}: {problem}")
        self.place = place
        """File, and line where there is one."""
        self.problem = problem
        """What is wrong there."""


class SurveyError(QuietportError):
    """The question could not be answered on this machine, for want of rights or of an interface."""
