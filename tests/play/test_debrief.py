"""The debrief against brute force, and what a seat may see."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.engine.stepping import Stepped
from sim.play.debrief import Moment, costliest_of, debrief_of
from sim.play.session import Session, opened
from sim.play.view import view_of
from tests.play.games import BORDER, ORDERED, as_strategy, moves, opening, played_out, scenario


def brute_force(session: Session, seat: str, every: int = 1) -> Moment | None:
    """Every other action in every turn (or every so many turns), each game played alone by the reference engine."""
    opened_ = session.opening
    done = [move.action for move in moves(session)]
    mine = session.live.run.payoff(seat)
    best: Moment | None = None
    for turn in range(0, len(done), every):
        for action in [*(each.name for each in opened_.game.actor(seat).actions), None]:
            run = Stepped(opened_.game, opened_.seed, opened_.run, (seat,), moves=done[:turn])
            names = [each.name for each in run.game.actor(seat).actions]
            if action == done[turn] or (action is not None and not run.available(seat)[names.index(action)]):
                continue
            run.tell(action)
            for later in done[turn + 1 :]:
                if run.over:
                    break
                run.tell(later if later is not None and run.available(seat)[names.index(later)] else None)
            while not run.over:
                run.tell(None)
            gain = run.payoff(seat) - mine
            if best is None or gain > best.gain:
                best = Moment(turn, done[turn], action, run.payoff(seat), gain)
    return best


@settings(max_examples=12, deadline=None)
@given(
    wishes=st.lists(st.integers(0, 9), min_size=5, max_size=5),
    run=st.integers(0, 2**30),
    text=st.sampled_from([BORDER, ORDERED]),
)
def test_the_costliest_moment_is_that_of_brute_force(wishes: list[int], run: int, text: str) -> None:
    """To the last bit; the others' strategies draw, and react to what they see."""
    session = played_out(Session(opening(text, run=run)), iter(wishes))
    assert costliest_of(session, "north") == brute_force(session, "north")


def test_so_it_is_in_a_shipped_scenario() -> None:
    """NATO merely waits in 2018, against an adversary that weighs."""
    session, _ = as_strategy("inf-2018", "nato", "hold", 1, 3, adversary="weigh")
    found = costliest_of(session, "nato")
    assert found is not None
    some = brute_force(session, "nato", 9)
    assert some is not None
    assert found.gain >= some.gain
    # Played alone: the turn that was found, and what it would have brought.
    opened_, done = session.opening, [move.action for move in moves(session)]
    done[found.turn] = found.instead
    alone = Stepped(opened_.game, opened_.seed, opened_.run, ("nato",), moves=done)
    assert (alone.payoff("nato"), alone.over) == (found.payoff, True)


def test_the_menu_is_what_the_ensemble_says_of_that_run() -> None:
    """Every strategy, payoff and ledger, in run 7; best first."""
    session, played = as_strategy(scenario(), "north", "wary", 7, 5)
    debrief = debrief_of(session, "north", 50)
    assert {line.strategy for line in debrief.menu} == {"wary", "calm", "torn", "weigh"}
    for line in debrief.menu:
        ensemble = sim.run(scenario(), runs=8, seed=5, play={"north": line.strategy})
        assert line.payoff == ensemble.payoffs["north"][7]
        assert line.ledger == {entry: ensemble.column(f"north.{entry}")[7] for entry in line.ledger}
    assert [line.payoff for line in debrief.menu] == sorted((line.payoff for line in debrief.menu), reverse=True)
    (own,) = [line for line in debrief.menu if line.strategy == "wary"]
    assert (own.payoff, own.ledger) == (debrief.payoff, debrief.ledger)
    assert debrief.run.results.tolist() == played.results.tolist()


def test_the_place_among_many_lucks_is_the_rank_among_the_runs() -> None:
    """Of the regime's own strategy, counted by hand."""
    session, _ = as_strategy(scenario(), "north", "watch", 3, 5)
    spread = debrief_of(session, "north", 300).spread
    assert spread is not None
    payoffs = sim.run(scenario(), runs=300, seed=5).payoffs["north"]
    mine = session.live.run.payoff("north")
    assert (spread.strategy, spread.below, spread.equal) == ("wary", np.mean(payoffs < mine), np.mean(payoffs == mine))
    assert spread.payoffs.tolist() == sorted(payoffs)


def test_other_people_keep_their_moves() -> None:
    """Two people: under another move of north's, south's stay; by the reference engine."""
    session = played_out(Session(opening(BORDER, "north", "south")), iter([1, 2, 3, 1, 2, 2, 1, 1, 3, 2]))
    found = costliest_of(session, "north")
    assert found is not None
    told = [(move.turn, move.actor, move.action) for move in moves(session)]
    run = Stepped(session.opening.game, 5, 0, ("north", "south"))
    while run.asked:
        action = next((a for turn, actor, a in told if (turn, actor) == (run.turn, run.asked)), None)
        action = found.instead if (run.asked, run.turn) == ("north", found.turn) else action
        names = [each.name for each in run.game.actor(run.asked).actions]
        run.tell(action if action is not None and run.available(run.asked)[names.index(action)] else None)
    assert run.payoff("north") == found.payoff


@pytest.mark.parametrize("guns", [1, 2, 4])
def test_a_seat_sees_nothing_of_what_is_hidden(guns: int) -> None:
    """However many guns there truly are, north's view is the same as long as its rumour is: all of it, turn by turn."""
    calm = BORDER[: BORDER.index("hazards:")].replace("plays:", "")
    views = []
    for true in (1, guns):
        text = calm.replace("guns: {initial: 1,", f"guns: {{initial: {true},")
        session = Session(opened(scenario(text), ["north"], None, 5, 0))
        seen = [view_of(session, "north")]
        for move in ("wait", "build", "wait", "build", "wait"):
            session = session.moved("north", move)
            seen.append(view_of(session, "north"))
        views.append([each.to_dict() for each in seen])
        assert session.live.run.state()[0] >= true
    assert views[0] == views[1]


def test_a_debrief_is_for_whoever_has_played() -> None:
    """Not before the end, and not of a seat that nobody sat in."""
    session = Session(opening())
    with pytest.raises(sim.DetenteError, match="NOT-OVER"):
        debrief_of(session, "north")
    session = played_out(session, iter([1] * 5))
    with pytest.raises(sim.DetenteError, match="SEAT"):
        debrief_of(session, "south")
