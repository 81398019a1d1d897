"""O-Y01 to O-Y19: files that YAML readers choke on, misread or obey."""

from tests.hostile.case import Case, scenario

LOL = "a0: &a0 [" + ", ".join(["lol"] * 9) + "]\n"
LAUGHS = LOL + "".join(f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]\n" for n in range(1, 9))
GRINS = "m0: &m0 {a: 1}\n" + "".join(
    f"m{n}: &m{n} {{x: *m{n - 1}, y: *m{n - 1}, z: *m{n - 1}}}\n" for n in range(1, 20)
)
MERGES = "l0: &l0 {k: 1}\n" + "".join(f"l{n}: &l{n}\n  <<: [*l{n - 1}, *l{n - 1}]\n" for n in range(1, 23))
TABBED = "scenario: hostile\nclock: {turns: 3}\nstate: {x: 1}\nactors:\n  a:\n    incentives:\n\tgain: x\n"
TWICE = scenario(more="    plays: wait\n").replace("{gain: x}", "{payoff: 1, payoff: x}")

CASES = [
    Case("O-Y01", "nine levels of nine aliases", LAUGHS, "ANCHOR", ("&a0",), "1:5"),
    Case("O-Y01t", "twenty levels of three mappings", GRINS, "ANCHOR", ("&m0",), "1:5"),
    Case("O-Y02", "22 levels of merge keys", MERGES, "ANCHOR", ("&l0",), "1:5"),
    Case("O-Y02t", "a merge key with its entries", scenario("<<: {hazards: {}}\n"), "MERGE", ("<<", "write the entries out"), "9:1"),
    Case("O-Y03", "1,000 nested lists", scenario("sources: " + "[" * 1000 + "]" * 1000), "DEPTH", ("20 levels",)),
    Case("O-Y03t", "1,000 nested mappings", scenario("sources: " + "{a: " * 1000 + "1" + "}" * 1000), "DEPTH", ("20 levels",)),
    Case("O-Y04", "100,000 nested lists, never closed", "[" * 100_000, "DEPTH", ("20 levels",)),
    Case("O-Y04t", "60,000 dashes", "- " * 60_000, "DEPTH", ("20 levels",)),
    Case("O-Y05", "a key twice with two values", TWICE, "DUPLICATE-KEY", ("'payoff'", "line 6"), "6:29"),
    Case("O-Y05t", "a key twice, once in quotes", scenario(action="{cost: 1, \"cost\": 2}"), "DUPLICATE-KEY", ("'cost'",), "8:23"),
    Case("O-Y06", "a tag that calls os.system", 'x: !!python/object/apply:os.system ["true"]\n', "TAG", ("!!python/object/apply:os.system",), "1:4"),
    Case("O-Y06t", "the same in full", 'x: !<tag:yaml.org,2002:python/object/new:os.system> ["true"]\n', "TAG", (), "1:4"),
    Case("O-Y07", "an integer of nothing", scenario(turns='!!int ""'), "TAG", ("!!int",), "2:16"),
    Case("O-Y07t", "a date of nothing", scenario(turns='!!timestamp ""'), "TAG", ("!!timestamp",), "2:16"),
    Case("O-Y08", "5,000 nines", scenario(turns="9" * 5000), "NOT-FINITE", ("not a finite number",), "2:16"),
    Case("O-Y08t", "5,000 hexadecimal digits", scenario(turns="0x" + "f" * 5000), "NOT-FINITE", ("not a finite number",), "2:16"),
    Case("O-Y09", "a date with 13 months for an integer", scenario(turns="3, start: 2001-13-45"), "WRONG-KIND", ("2001-13-45", "whole number"), "2:26"),
    Case("O-Y09t", "a date that there is", scenario(turns="3, start: 2018-02-28"), "WRONG-KIND", ("2018-02-28", "whole number"), "2:26"),
    Case("O-Y10", "a side named NO", scenario().replace("  a:", "  NO:"), "NAME", ("'NO'", "lower-case"), "5:3"),
    Case("O-Y10t", "NO, on and 010 as texts and numbers", scenario("title: NO\nsummary: on\n", turns="010")),
    Case("O-Y11", "a weight of 1:30", scenario("hazards: {h: {rate: 1, outcomes: {o: {weight: 1:30}}}}\n"), "EXPRESSION", ("':'",), "9:48"),
    Case("O-Y11t", "a cost of 0:45:00", scenario(action="{cost: 0:45:00}"), "EXPRESSION", ("':'",), "8:21"),
    Case("O-Y12", "a cost of .nan", scenario(action="{cost: .nan}"), "NOT-FINITE", ("'.nan'",), "8:20"),
    Case("O-Y12t", "a rate of -.Inf", scenario("hazards: {h: {rate: -.Inf}}\n"), "NOT-FINITE", ("'-.Inf'",), "9:21"),
    Case("O-Y13", "a list within itself", "&a [*a]\n", "ANCHOR", ("&a",), "1:1"),
    Case("O-Y13t", "a mapping within itself", "&m {again: *m}\n", "ANCHOR", ("&m",), "1:1"),
    Case("O-Y14", "probabilty", scenario("hazards: {h: {probabilty: 0.5}}\n"), "UNKNOWN-KEY", ("'probabilty'", "did you mean 'probability'?", "'chance'"), "9:15"),
    Case("O-Y14t", "incentves", scenario().replace("incentives", "incentves"), "UNKNOWN-KEY", ("did you mean 'incentives'?",), "6:5"),
    Case("O-Y15", "a tab for indentation on line 7", TABBED, "TAB", ("tab",), "7:1"),
    Case("O-Y15t", "a tab in a list", "scenario: hostile\nsources:\n  - one\n\t- two\n", "TAB", ("tab",), "4:1"),
    Case("O-Y16", "a Latin-1 byte within a name", scenario().encode().replace(b"gain", b"g\xe9in"), "ENCODING", ("0xE9", "UTF-8"), "6:19"),
    Case("O-Y16t", "half a surrogate pair as bytes", b"scenario: \xed\xa0\x80\n", "ENCODING", ("0xED", "UTF-8"), "1:11"),
    Case("O-Y17", "nothing", "", "EMPTY", ("says nothing", "scenario:"), "1:1"),
    Case("O-Y17t", "a byte-order mark, a comment and a document of nothing", "\ufeff# hello\n---\n...\n", "EMPTY", ("says nothing",)),
    Case("O-Y18", "Windows lines, a byte-order mark, comments, emoji", ("\ufeff# über\n" + scenario('title: "NO"\nsummary: "peace 🕊 at last" # 平和\n')).replace("\n", "\r\n")),
    Case("O-Y18t", "old Macintosh lines, quoted keys, no end of line", scenario("\"title\": 'O''Brien <3 & Ñandú 李'").replace("\n", "\r")),
    Case("O-Y19", "a comma in a rule YAML splits", scenario(more="    strategies: {s: [{when: clip(x, 0, 1) > 0.5, do: wait}]}\n"), "UNQUOTED", ("quote the expression", '"clip(x, 0, 1) > 0.5"'), "9:29"),
    Case("O-Y19t", "a comma in an incentive YAML splits", scenario().replace("{gain: x}", "{gain: max(x, 0), loss: -x}"), "UNQUOTED", ("quote the expression", '"max(x, 0)"'), "6:24"),
]  # fmt: skip
