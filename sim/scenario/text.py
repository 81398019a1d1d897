"""A file's bytes become its text: of bounded size, UTF-8, without characters nobody can see."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from sim.errors import Fault, Place, ScenarioError
from sim.scenario.nodes import SourceText

LARGEST_FILE = 128 * 1024
"""The most bytes a scenario file may have."""

_BYTE_ORDER_MARK = "\ufeff"
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""Characters that a scenario file may not have."""

_LINE_SEPARATORS = "\x85\u2028\u2029"


def _too_large(file: str) -> ScenarioError:
    problem = f"the file has more than {LARGEST_FILE // 1024} KiB"
    return _refused(file, "TOO-LARGE", problem, "a scenario is a short text; shorten it, or check that this is one")


def _refused(file: str, code: str, problem: str, remedy: str) -> ScenarioError:
    return ScenarioError(Fault(Place(file), code, problem, remedy))


def file_bytes(path: Path, file: str) -> bytes:
    """Return the bytes of a regular file of bounded size; never waits for a pipe or device.

    Raises:
        ScenarioError: there is no such file, it is a folder or device, too large, or cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    data: bytes | None = None
    try:
        folder = path.is_dir()
        if not folder:
            with os.fdopen(os.open(path, flags), "rb") as stream:
                if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                    data = stream.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise _refused(file, "NO-SUCH-FILE", "there is no such file", "check the path and its spelling") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _refused(file, "UNREADABLE", f"the file cannot be read ({reason})", "check the path") from None
    if data is None:
        what, remedy = ("a folder", "name a file in it") if folder else ("no ordinary file", "name a scenario file")
        raise _refused(file, "NOT-A-FILE", f"this is {what}", remedy)
    if len(data) > LARGEST_FILE:
        raise _too_large(file)
    return data


def source_text(data: bytes | str, file: str) -> SourceText:
    """Return the text with single line feeds and no byte-order mark.

    Raises:
        ScenarioError: it is too large, not UTF-8, or holds a character nobody can see.
    """
    size = len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "surrogatepass"))
    if size > LARGEST_FILE:
        raise _too_large(file)
    if isinstance(data, bytes):
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            before = SourceText(_unified(data[: error.start].decode("utf-8")), file)
            problem = f"the byte 0x{data[error.start]:02X} is not UTF-8"
            place = before.place(len(before.text))
            raise ScenarioError(Fault(place, "ENCODING", problem, "save the file as UTF-8")) from None
    else:
        text = data
    source = SourceText(_unified(text), file)
    if (at := hidden_character(source.text)) is not None:
        raise ScenarioError(hidden_fault(source.place(at), source.text[at]))
    return source


def _unified(text: str) -> str:
    return text.removeprefix(_BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n")


def hidden_character(text: str) -> int | None:
    """Return the index of the first control character or line separator in ``text``, if there is one."""
    found = FORBIDDEN.search(text)
    return found.start() if found else None


def hidden_fault(place: Place, character: str) -> Fault:
    """Return the fault of a character nobody can see."""
    name = f"U+{ord(character):04X}"
    if character in _LINE_SEPARATORS:
        return Fault(place, "CHARACTER", f"the line separator {name} may not stand here", "use an ordinary line break")
    return Fault(place, "CHARACTER", f"the invisible character {name} may not stand here", "remove it")
