"""Toy scenarios of a given size, to see how time and memory grow with it."""

from __future__ import annotations

from pathlib import Path


def toy(turns: int = 20, hazards: int = 4, actors: int = 2) -> str:
    """Return the text of a scenario in which actors build up, levels wear off and hazards raise tension."""
    lines = [
        "scenario: toy",
        "title: A toy",
        f"clock: {{turns: {turns}, discount: 0.95}}",
        "state:",
        "  tension: {initial: 0.2, min: 0, max: 1, drift: -0.2 * tension}",
    ]
    lines += [f"  level_{i}: {{initial: 1, min: 0, max: 4, drift: -0.25 * level_{i}}}" for i in range(actors)]
    lines += ["actors:"]
    for i in range(actors):
        lines += [
            f"  actor_{i}:",
            f"    incentives: {{gain: 0.3 * level_{i} / 4, fear: -tension}}",
            "    actions:",
            "      hold: {}",
            f"      build: {{cost: 0.05, after: [0.5, 1.5], add: {{level_{i}: 1, tension: 0.05}}}}",
            f"    strategies: {{build: [{{when: tension < 0.4 and level_{i} < 3, do: build}}, {{do: hold}}]}}",
        ]
    lines += ["hazards:"]
    lines += [
        f"  hazard_{i}: {{rate: 0.1 + 0.1 * tension, payoffs: {{actor_0: -0.1}}, add: {{tension: 0.05}}}}"
        for i in range(hazards)
    ]
    return "\n".join(lines) + "\n"


def written(folder: Path, **size: int) -> str:
    """Write a toy of a size into a folder; returns the file."""
    name = "-".join(["toy", *(f"{what}-{count}" for what, count in size.items())])
    path = folder / f"{name}.yaml"
    path.write_text(toy(**size).replace("scenario: toy", f"scenario: {name}", 1), encoding="utf-8")
    return str(path)
