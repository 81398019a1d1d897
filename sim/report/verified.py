"""What reading a whole results folder showed, and whether asking it again gave the same, as pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.errors import one_line
from sim.experiment.room import size
from sim.report import numbers
from sim.report.page import GOOD, Page, Styled

if TYPE_CHECKING:
    from rich.console import Console

    from sim.archive.again import Again
    from sim.archive.verify import Verified


def show_verified(found: Verified, console: Console) -> None:
    """Print what is known of a folder in which nothing is wrong."""
    page = Page(console)
    page.line(Styled(one_line(str(found.path)), "bold"))
    read = f"{numbers.count(found.files, 'file')}, {size(found.bytes)}, {numbers.count(found.runs, 'run')}"
    if found.complete:
        page.line(Styled("sound: every byte is as it was written", GOOD), indent=2)
    else:
        page.line(Styled("unfinished: what is done is as it was written", GOOD), indent=2)
    page.line(f"read: {read}", indent=2)
    for name, digest in found.digests.items():
        page.line(f"digest of {one_line(name)}: {digest}", "dim", indent=2)
    if not found.complete:
        page.line(f"done: {found.runs:,} of {numbers.count(found.runs_asked, 'run')}", indent=2)
        if found.holder:
            page.line(f"{one_line(found.holder)} is at work", indent=2)
        else:
            page.command("Go on with it:", found.how_to_go_on)


def show_again(again: Again, console: Console) -> None:
    """Print that playing again gave the same, side by side."""
    page = Page(console)
    page.line(Styled(one_line(str(again.path)), "bold"))
    page.line(Styled(f"reproduced: {numbers.count(again.runs, 'run')} a side, to the last bit", GOOD), indent=2)
    for side in again.sides:
        page.line(f"digest of {one_line(side.name)}: {side.now}", "dim", indent=2)
    for change in again.changes:
        page.line(f"although: {one_line(change)}", "dim", indent=2)
