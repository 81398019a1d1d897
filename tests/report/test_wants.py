"""What counts for a player and what against: losses never stand among what is wanted."""

from __future__ import annotations

import sim
from sim.model.compiling import compiled
from sim.model.game import Setting
from sim.report.labels import Labels, without_codes
from sim.report.wants import wants_of


def test_losses_count_against() -> None:
    """The targets held at risk are no wish of NATO's; the adversary's coercion is one of its own."""
    game = compiled(without_codes(sim.load("inf-2018")), Setting())
    nato, adversary = wants_of(game, "nato"), wants_of(game, "adversary")
    assert {"Targets held at risk", "Sources lost", "Being inspected"} <= set(nato.losses)
    assert "A cohesive alliance" in nato.gains
    assert "Coercion of the alliance" in nato.losses
    assert "Coercion of the alliance" in adversary.gains
    assert nato.sentences()[1].startswith("Against you: Targets held at risk; ")


def test_what_goes_either_way_is_said_so() -> None:
    """Being ahead is worth what being behind costs; where nothing is known, nothing is claimed."""
    game = compiled(sim.load("classics/arms-race"), Setting())
    found = wants_of(game, "side_north")
    assert (found.gains, found.losses, found.open) == ((), ("Cost of arms",), ("Being ahead",))
    assert found.sentences() == ["Against you: Cost of arms.", "For or against you, as things go: Being ahead."]
    cheap = compiled(sim.load("classics/arms-race"), Setting(None, {}, {"step": 0.0}))
    assert wants_of(cheap, "side_north").sentences() == ["Nothing of your own: only costs and events move your payoff."]


def test_the_setting_decides() -> None:
    """A parameter that is set below 0 turns a gain into a loss."""
    scenario = sim.load("classics/detection-race")
    assert wants_of(compiled(scenario, Setting()), "builder").gains == ("A finished programme",)
    dear = compiled(scenario, Setting(None, {}, {"worth": -1.0}))
    assert wants_of(dear, "builder").losses == ("A finished programme",)


def test_labels_without_the_numbers_of_mechanisms() -> None:
    """Everywhere, and nothing else is changed; the scenario that was loaded keeps its own."""
    loaded = sim.load("inf-2018")
    plain = without_codes(loaded)
    assert Labels(plain).variable("missiles") == "The adversary's banned missiles"
    assert Labels(loaded).variable("missiles") == "The adversary's banned missiles (M3)"
    assert Labels(plain).action("nato", "withdraw") == "Give notice of withdrawal"
    assert Labels(plain).hazard("inspected") == "Inspectors find hidden missiles"
    assert Labels(plain).parameter("revealing") == "Share of survivability that inspectors on site take away"
    assert plain.document is loaded.document
    assert plain.actors["nato"].actions["withdraw"].cost is loaded.actors["nato"].actions["withdraw"].cost
    other = sim.load("classics/arms-race")
    assert without_codes(other) is other
