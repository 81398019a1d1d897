"""``detente results``: what lies in the results folder."""

from __future__ import annotations

from sim.commands import options


def command(out: options.Out = options.RESULTS, json: options.Json = False) -> None:
    """List what is in the results folder.

    Newest first, with what each answered.
    """
    from sim.archive.listing import listing

    entries = listing(out)
    if json:
        options.print_json({"results": [entry.to_dict() for entry in entries]})
        return
    from sim.report.console import console
    from sim.report.listing import show_results

    show_results(entries, console())
