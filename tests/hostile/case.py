"""What a case of the hostile list is: an input, and how the program has to take it."""

from dataclasses import dataclass

FINE = 0
COMMAND = 2
SCENARIO = 3


@dataclass(frozen=True)
class Case:
    """One input; ``id`` is that of the list, with ``t`` behind it for a twin: another input with the same idea."""

    id: str
    what: str
    given: str | bytes
    code: str = ""
    """The code of the first fault; none for an input that is fine."""
    words: tuple[str, ...] = ()
    """What the message has to say."""
    at: str = ""
    """The line and column of the first fault, as ``7:1``; unchecked if empty."""
    faults: int = 1
    """How many lines the message has."""

    @property
    def data(self) -> bytes:
        """The input as bytes."""
        return self.given if isinstance(self.given, bytes) else self.given.encode()


def scenario(body: str = "", *, turns: str = "3", action: str = "{}", more: str = "") -> str:
    """A sound scenario with something put into it: at the top level, or as the one action."""
    return f"""scenario: hostile
clock: {{turns: {turns}}}
state: {{x: 1}}
actors:
  a:
    incentives: {{gain: x}}
    actions:
      wait: {action}
{more}{body}"""
