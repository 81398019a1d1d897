"""The oracle's results under the names of the engines' columns."""

from __future__ import annotations

from tests import oracle


def results_of(result: oracle.Result) -> dict[str, float]:
    """The oracle's result under the names of the ensemble's columns."""
    named = {"ended": float(result.ended), "duration": result.duration}
    for actor, payoff in result.payoffs.items():
        named[actor] = payoff
        named |= {f"{actor}.{entry}": amount for entry, amount in result.ledger[actor].items()}
        named |= {f"actions.{actor}.{action}": count for action, count in result.actions[actor].items()}
    named |= {f"final.{name}": value for name, value in result.final.items()}
    for hazard, count in result.hazards.items():
        named[f"count.{hazard}"] = count
        named |= {f"count.{hazard}.{outcome}": hits for outcome, hits in result.outcomes[hazard].items()}
    return named
