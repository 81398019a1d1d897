"""Tidy tables: every row against the record of the events engine, every file read back by Python's own reader."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine import events
from sim.engine.history import PASSED, history
from sim.experiment import tables
from sim.experiment.tables import Table
from sim.interop import tidy
from sim.model.compiling import compiled
from sim.model.game import Game, Setting
from tests.commands.asking import ask

WATCH = sim.load(Path(__file__).with_name("watch.yaml"))
PLAYS = {"guard": "tests.interop.strangers:Witness", "thief": "tests.interop.strangers:Witness"}


def recorded(game: Game, seed: int, run: int) -> list[dict[str, Any]]:
    """The turns of a run as its record tells them, payoffs added up from what each event says."""
    turns: list[dict[str, Any]] = []
    state: dict[str, float] = {}
    payoffs = {actor.name: 0.0 for actor in game.actors}
    for event in events.follow(game, seed, run).events:
        if event.kind == "begin":
            state |= event.detail["state"]
        while len(turns) <= event.turn:
            turns.append(
                {"actions": dict.fromkeys(payoffs), "strikes": dict.fromkeys((h.name for h in game.hazards), 0)}
            )
        here, weight = turns[event.turn], 0.9**event.turn
        if event.kind == "decision" and event.what != "pass":
            here["actions"][event.who] = event.what
            payoffs[event.who] -= event.detail.get("cost", 0.0) * weight
        if event.kind == "hazard":
            here["strikes"][event.who] += 1
            for actor, gain in event.detail.get("payoffs", {}).items():
                payoffs[actor] += gain
        if event.kind == "score":
            payoffs[event.who] += sum(event.detail["incentives"].values()) * event.detail["weight"]
        state |= {name: change[1] for name, change in event.detail.get("changes", {}).items()}
        here |= {"state": dict(state), "payoffs": dict(payoffs)}
    return turns


@pytest.mark.parametrize("plays", [{}, PLAYS], ids=["strategies", "players"])
def test_a_history_is_the_record_of_the_other_engine(plays: dict[str, str]) -> None:
    """Turn by turn: state to the last bit, actions, strikes, payoffs so far (to rounding: they are added up here)."""
    game = compiled(WATCH, Setting(plays=plays))
    moments = list(history(game, 5, 3, 60))
    met = set()
    for run in range(60):
        told = recorded(game, 5, 3 + run)
        assert [bool(moment.played[run]) for moment in moments] == [t < len(told) for t in range(len(moments))]
        for turn, (moment, here) in enumerate(zip(moments, told, strict=False)):
            assert moment.turn == turn
            assert dict(zip(here["state"], moment.state[:, run].tolist(), strict=True)) == here["state"]
            for actor, chosen in zip(game.actors, moment.actions, strict=True):
                name = None if chosen[run] == PASSED else actor.actions[chosen[run]].name
                assert name == here["actions"][actor.name]
                met.add(name)
            assert moment.strikes[:, run].tolist() == list(here["strikes"].values())
            assert moment.payoffs[:, run] == pytest.approx(list(here["payoffs"].values()), abs=1e-12)
            met.add(bool(moment.going[run]))
    assert met >= (
        {True, False, None, "rest", "search", "wait", "take", "flee"} if plays else {True, False, "rest", "wait"}
    )


def test_a_history_ends_as_the_results_say() -> None:
    """After the last turn payoffs and state are those of the ensemble, to the last bit; the ended stay as they were."""
    ensemble = sim.run(WATCH, runs=80, seed=2, play=PLAYS)
    *_, last = history(ensemble.game, 2, 0, 80)
    assert np.array_equal(last.payoffs, np.stack(list(ensemble.payoffs.values())))
    assert np.array_equal(
        last.state, np.stack([ensemble.column(f"final.{name}") for name in ("loot", "rumour", "alert")])
    )
    assert np.array_equal(last.going, ensemble.column("ended") == 0)


def test_rows_of_runs_are_the_results() -> None:
    """Every result of every run under its column, counts as whole numbers; who played what, and which run it is."""
    ensemble = sim.run(WATCH, runs=50, seed=2, play=PLAYS)
    rows = list(ensemble.rows())
    assert list(rows[0])[:6] == ["scenario", "regime", "run", "seed", "plays.guard", "plays.thief"]
    assert [row["run"] for row in rows] == list(range(50))
    assert {(r["scenario"], r["regime"], r["seed"], r["plays.guard"]) for r in rows} == {
        ("watch", "base", 2, PLAYS["guard"])
    }
    renamed = {"payoff.guard": "guard", "payoff.thief": "thief"}
    found = [renamed.get(column, column.removeprefix("ledger.")) for column in list(rows[0])[6:]]
    assert sorted(found) == sorted(ensemble.columns)
    for column, name in zip(list(rows[0])[6:], found, strict=True):
        values = [row[column] for row in rows]
        assert values == ensemble.column(name).tolist()
        whole = name.startswith(("count.", "actions."))
        assert {type(value) for value in values} == {bool if name == "ended" else int if whole else float}


def test_rows_of_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of runs and turns, as many as each run has had; the same however many runs are played at a time."""
    ensemble = sim.run(WATCH, runs=50, seed=2, play=PLAYS)
    rows = list(ensemble.turns())
    assert list(rows[0]) == [
        "scenario", "regime", "run", "seed", "turn", "state.loot", "state.rumour", "state.alert", "action.guard",
        "action.thief", "strikes.dawn", "strikes.noise", "payoff.guard", "payoff.thief", "going",
    ]  # fmt: skip
    lasts = np.where(ensemble.column("ended") == 1, np.floor(ensemble.column("duration")) + 1, 6).astype(int)
    assert [(row["run"], row["turn"]) for row in rows] == [(r, t + 1) for r in range(50) for t in range(lasts[r])]
    ends = [row for row in rows if row["turn"] == lasts[row["run"]]]
    assert [row["payoff.thief"] for row in ends] == ensemble.payoffs["thief"].tolist()
    assert [row["going"] for row in ends] == (ensemble.column("ended") == 0).tolist()
    assert sum(row["strikes.noise"] for row in rows) == ensemble.column("count.noise").sum()
    monkeypatch.setattr(tables, "_STRETCH", 1000)
    assert list(ensemble.turns()) == rows


@pytest.mark.parametrize("write", [tidy.write_runs, tidy.write_turns])
def test_a_file_reads_back_as_its_rows(write: Any, tmp_path: Path) -> None:
    """By Python's reader: numbers to the last bit, TRUE and FALSE, nothing for a turn in which an actor passed."""
    ensemble = sim.run(WATCH, runs=40, seed=2, play=PLAYS)
    rows = list(ensemble.rows() if write is tidy.write_runs else ensemble.turns())
    write(ensemble, tmp_path / "table.csv")
    data = (tmp_path / "table.csv").read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n") == len(rows) + 1
    assert not data.startswith(b"\xef\xbb\xbf")
    read = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert len(read) == len(rows)
    for cells, row in zip(read, rows, strict=True):
        assert list(cells) == list(row)
        for name, value in row.items():
            if isinstance(value, bool) or value is None or isinstance(value, str):
                assert cells[name] == {True: "TRUE", False: "FALSE", None: ""}.get(value, value)  # type: ignore[call-overload]
            else:
                assert (type(value)(cells[name]), "," in cells[name]) == (value, False)


def test_text_cannot_be_worked_out_by_a_spreadsheet() -> None:
    """A leading = + - @ (or a tab) is quoted in texts, and only there; commas, quotes and line ends survive."""
    texts = ["=1+1", "+1", "-1", "@x", "\tx", "a,b", 'say "no"', "two\r\nlines", "Ünïcode", "", "a=b"]
    table = Table(("=name", "number"), iter([(text, -1.5) for text in texts]))
    written = b"".join(tidy.csv_pieces(table))
    head, *rows = csv.reader(io.StringIO(written.decode(), newline=""))
    assert head == ["'=name", "number"]
    assert [row[0] for row in rows] == [f"'{text}" if text[:1] in set("=+-@\t") and text else text for text in texts]
    assert {row[1] for row in rows} == {"-1.5"}


def test_memory_is_that_of_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the runs need no more memory for their rows, beside the results themselves."""
    monkeypatch.setattr(tables, "_STRETCH", 100_000)

    def peak(runs: int) -> int:
        ensemble = sim.run(WATCH, runs=runs, seed=2)
        tracemalloc.start()
        for _ in tidy.csv_pieces(tables.turns_of(ensemble)):
            pass
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return held

    assert peak(4000) < 1.2 * peak(1000)


def test_the_command_writes_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says where; what cannot be written is told before anything is played."""
    monkeypatch.chdir(tmp_path)
    Path("watch.yaml").write_text(Path(__file__).with_name("watch.yaml").read_text())
    answer = ask("run", "watch.yaml", "--runs", "20", "--csv", "runs.csv", "--turns-csv", "turns.csv")
    assert (answer.status, answer.err.splitlines()[1:]) == (
        0,
        ["table of runs in runs.csv", "table of turns in turns.csv"],
    )
    ensemble = sim.run(sim.load("watch.yaml"), runs=20)
    for write, name in ((tidy.write_runs, "runs.csv"), (tidy.write_turns, "turns.csv")):
        write(ensemble, "python.csv")
        assert Path("python.csv").read_bytes() == Path(name).read_bytes()
    for option in ("--csv", "--turns-csv"):
        refused = ask("run", "watch.yaml", "--runs", "2", option, "nowhere/x.csv", "--out", "none")
        assert (refused.status, refused.faults[0].split(": ")[1]) == (2, option.strip("-").upper())
    assert not Path("none").exists()
    assert sorted(each.name for each in Path().glob("*.csv")) == ["python.csv", "runs.csv", "turns.csv"]


def test_pandas_reads_it(tmp_path: Path) -> None:
    """Types and all, where pandas is at hand; it is no dependency."""
    pandas = pytest.importorskip("pandas")
    ensemble = sim.run(WATCH, runs=40, seed=2)
    tidy.write_runs(ensemble, tmp_path / "runs.csv")
    frame = pandas.read_csv(tmp_path / "runs.csv")
    assert frame["ended"].dtype == bool
    assert frame["payoff.guard"].tolist() == pytest.approx(ensemble.payoffs["guard"].tolist(), rel=1e-15)
