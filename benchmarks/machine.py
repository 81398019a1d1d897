"""On what machine, and with what, figures were made: found out, never written by hand."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime

from benchmarks.page import Section, Table
from sim.experiment.environment import processor_features, versions


def facts(presence: float) -> Section:
    """Return what the machine is, and for what share of the time its processor was there."""
    rows: list[tuple[str, ...]] = [
        ("system", f"{platform.system()} on {platform.machine()}"),
        ("cores", str(os.cpu_count())),
        ("processor features", " ".join(processor_features()) or "unknown"),
        *versions().items(),
        ("measured", f"{datetime.now(UTC):%d %B %Y}"),
    ]
    remarks = []
    if presence < 0.9:
        remarks.append(
            f"The machine was busy: contenders had the processor for {100 * presence:.0f} % of the time that passed. "
            "Ratios between engines are of processor time and suffer little; waiting times are longer than need be."
        )
    return Section("The machine", "What the figures were made on, and with.", [Table(("", ""), rows)], remarks)
