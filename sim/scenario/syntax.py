"""What is wrong with a text that is no YAML, in plain words, and what to write instead.

A YAML parser says which of its expectations was not met and where. Here that becomes one fault with a place, a code
and a remedy; the wording of the parser only decides which.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.errors import Fault, quoted
from sim.scenario.nodes import SourceText
from sim.scenario.splits import quote_remedy

LONGEST_KEY = 1024
"""YAML's own limit on a key, in characters."""

_KEY_AND_SPACE = re.compile(r"\s*(?:- +)*[^\s:#][^:#]*:\s+")
_INDENTATION = re.compile(r"[ \t]*")
_TRAILING_COMMENT = re.compile(r"\s+#.*$")
_CLOSER = {"{": "}", "[": "]"}


@dataclass(frozen=True)
class Trouble:
    """What a YAML parser complains of.

    Attributes:
        context: what it was reading.
        problem: what it did not expect.
        at: index of the character at which it stopped.
        since: index at which it began to read what ``context`` names, if it says so.
        brackets: indices of the ``{`` and ``[`` that are open.
        quoted_from: index of the quoted text it read last, if there is one.
    """

    context: str
    problem: str
    at: int
    since: int | None = None
    brackets: tuple[int, ...] = ()
    quoted_from: int | None = None


def syntax_fault(source: SourceText, trouble: Trouble) -> Fault:
    """Return the one fault that tells an author what ``trouble`` means."""
    context, problem = trouble.context, trouble.problem
    fault = _tab(source, trouble)
    if fault is None:
        if "scalar" in context and "quoted" in context:
            fault = _quoted_text(source, trouble)
        elif "block scalar" in context:
            fault = _text_block(source, trouble)
        elif "mapping values" in problem:
            fault = _second_colon(source, trouble)
        elif "could not find expected ':'" in problem:
            at = _content_start(source, trouble.at if trouble.since is None else trouble.since)
            remedy = "write a ':' and a space after the key"
            fault = _fault(source, at, "SYNTAX", "this line is no 'key: value'", remedy)
        elif "flow mapping" in context or "flow sequence" in context or "node content" in problem:
            fault = _brackets(source, trouble)
        elif "<block end>" in problem or "expected key" in problem or "'-' indicator" in problem:
            fault = _out_of_line(source, trouble)
        elif "document start" in problem:
            fault = _after_the_end(source, trouble)
        else:
            fault = _by_character(source, trouble)
    return fault


def _fault(source: SourceText, at: int, code: str, problem: str, remedy: str) -> Fault:
    return Fault(source.place(at), code, problem, remedy)


def _character(source: SourceText, at: int) -> str:
    return source.text[at : at + 1]


def _content_start(source: SourceText, at: int) -> int:
    start = source.line_start(at)
    return start + len(_indentation(source.line(at)))


def _indentation(line: str) -> str:
    found = _INDENTATION.match(line)
    return found[0] if found else ""


def _line_number(source: SourceText, at: int) -> int:
    return source.place(at).line


def _rest(source: SourceText, at: int) -> str:
    """Return what stands on the line from ``at`` on, without a comment."""
    rest = source.line(at)[at - source.line_start(at) :]
    return _TRAILING_COMMENT.sub("", rest).rstrip()


def _tab(source: SourceText, trouble: Trouble) -> Fault | None:
    """A tab where only spaces may stand."""
    at = trouble.at
    if _character(source, at) != "\t":
        tab = _indentation(source.line(at)).find("\t")
        if tab < 0:
            return None
        at = source.line_start(at) + tab
    where = "a line is indented" if at < _content_start(source, at) else "values are set apart"
    return _fault(source, at, "TAB", f"{where} with a tab", "use spaces")


def _quoted_text(source: SourceText, trouble: Trouble) -> Fault:
    """A text in quotes that never ends, or a backslash in it that means nothing."""
    start = trouble.at if trouble.since is None else trouble.since
    if "end of stream" in trouble.problem or "document indicator" in trouble.problem:
        mark = "double" if _character(source, start) == '"' else "single"
        problem = f"the {mark} quote opened here is never closed"
        return _fault(source, start, "QUOTE", problem, "close it where the text ends")
    at = source.text.rfind("\\", start, trouble.at + 1)
    escape = re.match(r"\\.[0-9A-Fa-f]{0,8}", source.text[at : at + 10])
    remedy = "write \\\\ for a backslash, or put the text in single quotes"
    return _fault(source, at, "QUOTE", f"{quoted(escape[0] if escape else '')} is no character YAML knows", remedy)


def _text_block(source: SourceText, trouble: Trouble) -> Fault:
    """A ``>`` or ``|`` that was meant as part of a text."""
    start = trouble.at if trouble.since is None else trouble.since
    sign = _character(source, start)
    line = source.line(start)
    value = _KEY_AND_SPACE.match(line)
    text_start = source.line_start(start) + (value.end() if value else len(_indentation(line)))
    problem = f"'{sign}' at the start of a value begins a block of text on the lines below"
    if text_start < start:
        problem = f"a text that goes on after its closing quote or bracket must be quoted as a whole, found '{sign}'"
    return _fault(source, text_start, "UNQUOTED", problem, quote_remedy(_rest(source, text_start)))


def _second_colon(source: SourceText, trouble: Trouble) -> Fault:
    """A ``: `` where no key can end: in the middle of a text, or on a line that continues the one above."""
    line = source.line(trouble.at)
    start = source.line_start(trouble.at)
    value = _KEY_AND_SPACE.match(line[: trouble.at - start])
    if value:
        at = start + value.end()
        return _fault(source, at, "UNQUOTED", "YAML splits this text at its ':'", quote_remedy(_rest(source, at)))
    if trouble.at - _content_start(source, trouble.at) > LONGEST_KEY:
        at = _content_start(source, trouble.at)
        return _fault(source, at, "KEY", f"this key has more than {LONGEST_KEY:,} characters", "give it a short name")
    problem = "this line is read as going on with the text of the line above"
    remedy = "check its indentation, and that every key above has a ':' and a space after it"
    return _fault(source, _content_start(source, trouble.at), "INDENTATION", problem, remedy)


def _brackets(source: SourceText, trouble: Trouble) -> Fault:
    """Something is wrong between ``{`` and ``}`` or ``[`` and ``]``."""
    at, character = trouble.at, _character(source, trouble.at)
    opened = trouble.brackets[-1] if trouble.brackets else None
    if opened is None:
        if character and character in "}],":
            what = f"a value cannot start with '{character}'"
            return _fault(source, at, "BRACKET", what, "remove it, or put the text in quotes")
        return _by_character(source, trouble)
    opening = _character(source, opened)
    closing = _CLOSER.get(opening, "]")
    where = source.place(opened)
    dedented = _line_number(source, at) > where.line and len(_indentation(source.line(at))) <= len(
        _indentation(source.line(opened))
    )
    if character in {"", "\n"} or (dedented and character not in "}],"):
        return _fault(source, opened, "BRACKET", f"the '{opening}' opened here is never closed", f"add the '{closing}'")
    if character in "}]":
        problem = f"'{character}' does not close the '{opening}' of line {where.line}, column {where.column}"
        return _fault(source, at, "BRACKET", problem, f"write '{closing}' first")
    if character == ",":
        return _fault(source, at, "SYNTAX", "there is nothing before this comma", "remove one comma")
    if character == ":" and source.text[opened:at].rstrip()[-1:] in {opening, ","}:
        return _keyless(source, at)
    if character == ":":
        problem = f"inside {opening}{closing} YAML splits this text at its ':'"
        remedy = "put the text in quotes, or a ',' before the key if it is an entry of its own"
        return _fault(source, _entry_start(source, opened, at), "UNQUOTED", problem, remedy)
    problem = f"expected ',' or '{closing}' before {quoted(_word(source, at))}"
    remedy = f"quote a text that holds one of ?{{}}[]\"'; entries between {opening}{closing} are set apart by ','"
    return _fault(source, at, "UNQUOTED", problem, remedy)


def _keyless(source: SourceText, at: int) -> Fault:
    return _fault(source, at, "KEY", "there is no key before this ':'", "write the key, or remove the ':'")


def _word(source: SourceText, at: int) -> str:
    return re.split(r"[\s,{}\[\]]", source.text[at : at + 40].strip(), maxsplit=1)[0] or _character(source, at)


def _entry_start(source: SourceText, opened: int, at: int) -> int:
    """Return where the text stands that an unexpected ``:`` at ``at`` cut in two."""
    begin = max(source.text.rfind(sign, opened, at) for sign in ",{[\n") + 1
    value = _KEY_AND_SPACE.match(source.text, begin, at)
    start = value.end() if value else begin
    return start + len(source.text[start:at]) - len(source.text[start:at].lstrip())


def _out_of_line(source: SourceText, trouble: Trouble) -> Fault:
    """A line that fits into nothing above it, or something left over after a value."""
    at, character = trouble.at, _character(source, trouble.at)
    content = _content_start(source, at)
    if at <= content:
        if character == ":":
            return _keyless(source, at)
        if character and character in "}]":
            return _fault(source, at, "BRACKET", f"no bracket is open that '{character}' could close", "remove it")
        remedy = "start it in the column of the line it belongs beside; a list and 'key: value' lines do not mix"
        return _fault(source, at, "INDENTATION", "this line does not line up with the lines above", remedy)
    opened = trouble.quoted_from
    if opened is not None and _line_number(source, opened) < _line_number(source, at):
        problem = f"the quote opened here is closed only in line {_line_number(source, at)}"
        return _fault(source, opened, "QUOTE", problem, "close it where the text ends")
    value = _KEY_AND_SPACE.match(source.line(at))
    start = source.line_start(at) + value.end() if value else content
    before = source.text[start:at].rstrip()[-1:]
    if before == "'" and source.text[start] == "'":
        problem = "the text goes on after its closing quote"
        remedy = "write '' for an apostrophe within single quotes, or use double quotes"
        return _fault(source, start, "QUOTE", problem, remedy)
    problem = "the text goes on after its closing quote or bracket"
    return _fault(source, start, "UNQUOTED", problem, quote_remedy(_rest(source, start)))


def _after_the_end(source: SourceText, trouble: Trouble) -> Fault:
    """Something follows what YAML takes for the whole file."""
    at, character = trouble.at, _character(source, trouble.at)
    if re.search(r"(?:^|\n)\.\.\.[^\n]*\s*$", source.text[:at]):
        return more_than_one(source, at)
    if character and character in "}]":
        return _fault(source, at, "BRACKET", f"no bracket is open that '{character}' could close", "remove it")
    remedy = "start every top-level key in the first column"
    return _fault(source, at, "INDENTATION", "this is not part of the mapping above", remedy)


def more_than_one(source: SourceText, at: int) -> Fault:
    """Return the fault of a file with a second YAML document, which starts at ``at``."""
    return _fault(source, at, "DOCUMENTS", "a second YAML document starts here", "keep one scenario in a file")


def _by_character(source: SourceText, trouble: Trouble) -> Fault:
    """A sign that has a meaning in YAML and was meant as text."""
    context, at, character = trouble.context, trouble.at, _character(source, trouble.at)
    start = at if trouble.since is None else trouble.since
    remedy = "put the text in quotes"
    if "directive" in context:
        return directive(source, at)
    if "tag" in context or "tag" in trouble.problem:
        return _fault(source, start, "TAG", "'!' starts a tag, and scenarios have none", f"remove it, or {remedy}")
    if "alias" in context or "anchor" in context:
        code, sign = ("ALIAS", "*") if "alias" in context else ("ANCHOR", "&")
        problem = f"'{sign}' starts an {code.lower()}, and scenarios have none"
        return _fault(source, start, code, problem, remedy)
    if "sequence entries" in trouble.problem:
        remedy = "put each entry on its own line, or write a minus without a space after it"
        return _fault(source, at, "SYNTAX", "a list cannot start with '- ' on the line of its key", remedy)
    if character.strip():
        return _fault(source, at, "UNQUOTED", f"an unquoted text cannot start with '{character}'", remedy)
    remedy = "check the quotes, brackets and indentation above"
    return _fault(source, at, "SYNTAX", "this cannot be read as YAML", remedy)


def directive(source: SourceText, at: int) -> Fault:
    """Return the fault of a line that starts with ``%``."""
    problem = "a line that starts with '%' is a YAML directive"
    return _fault(source, source.line_start(at), "DIRECTIVE", problem, "remove it")
