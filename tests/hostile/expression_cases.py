"""O-E01 to O-E14: expressions that Python would run, choke on, or answer with something that is no number."""

from tests.hostile.case import Case

CASES = [
    Case("O-E01", "a tower of powers", "9**9**9", "NOT-FINITE", ("infinite",)),
    Case("O-E01t", "a number of 400 digits", "10**400", "NOT-FINITE", ("infinite",)),
    Case("O-E02", "the way to every class", "().__class__.__bases__[0].__subclasses__()", "EXPRESSION", ("no meaning in an expression",)),
    Case("O-E02t", "a name's class", "x.__class__", "EXPRESSION", ("'.'", "no attributes")),
    Case("O-E03", "an import", "__import__('os').system('true')", "EXPRESSION", ("no texts",)),
    Case("O-E03t", "an import without texts", "__import__(x)", "UNKNOWN-FUNCTION", ("'__import__'",)),
    Case("O-E04", "a format with attributes", "'{0.__class__}'.format(x)", "EXPRESSION", ("no texts",)),
    Case("O-E04t", "a text that is a program", "f'{x!r:>{10**9}}'", "EXPRESSION", ("no texts",)),
    Case("O-E05", "a root that is complex", "(-8)**(1/3)", "NOT-FINITE", ("no number",)),
    Case("O-E05t", "the root of minus one", "sqrt(-1)", "NOT-FINITE", ("no number",)),
    Case("O-E06", "a division by zero", "1/(x-x)", "NOT-FINITE", ("infinite", "x = 1")),
    Case("O-E06t", "a remainder of zero", "turn % (x - x)", "NOT-FINITE", ("no number", "turn = 1", "x = 1")),
    Case("O-E07", "too large a product", "1e308*10", "NOT-FINITE", ("infinite",)),
    Case("O-E07t", "too large a power of e", "exp(1000 * x)", "NOT-FINITE", ("infinite", "x = 1")),
    Case("O-E08", "100,000 minus signs", "-" * 100_000 + "1", "TOO-LONG", ("400",)),
    Case("O-E08t", "198 brackets around a minus sign", "(" * 198 + "-1" + ")" * 198, "TOO-DEEP", ("nested too deeply",)),
    Case("O-E09", "a sum of 10,000 terms", "+".join(["1"] * 10_000), "TOO-LONG", ("400",)),
    Case("O-E09t", "a power of a power, 130 high", "x" + "**1" * 130, "TOO-DEEP", ("nested too deeply",)),
    Case("O-E10", "a list of a thousand million zeros", "[0]*10**9", "EXPRESSION", ("'['",)),
    Case("O-E10t", "the same as a tuple", "(0, 0)*10**9", "EXPRESSION", ("a list of values",)),
    Case("O-E11", "eval in full-width letters", "ｅval(1)", "EXPRESSION", ("'ｅ'",)),
    Case("O-E11t", "a digit of another script", "x + ٣", "EXPRESSION", ("'٣'",)),
    Case("O-E12", "a function of its own", "lambda: 1", "EXPRESSION", ("colon",)),
    Case("O-E12t", "a name given on the way", "(x := 2)", "EXPRESSION", ("colon",)),
    Case("O-E13", "resovle", "0.5 * resovle", "UNKNOWN-NAME", ("'resovle'", "did you mean 'resolve'?")),
    Case("O-E13t", "mxa", "mxa(x, 1)", "UNKNOWN-FUNCTION", ("'mxa'", "did you mean 'max'?")),
    Case("O-E14", "spaces and nested brackets", "max(0, min(1, 0.5*(a-b)))"),
    Case("O-E14t", "all kinds of white space", " max( 0 ,\n  min(1, 0.5\t* ( a - b ) ) ) "),
]  # fmt: skip

PLACES = {
    "incentive": "actors: {one: {incentives: {gain: %}, actions: {wait: {}}}}",
    "rate": "actors: {one: {}}\nhazards: {h: {rate: %}}",
    "cost": "actors: {one: {actions: {wait: {cost: %}}}}",
    "available": "actors: {one: {actions: {wait: {available: %}}}}",
    "derived": "actors: {one: {incentives: {gain: d}}}\nderived: {d: %}",
    "claim": "actors: {one: {}}\nregimes: {r: {}}\nclaims: {c: {says: It holds., holds: %}}",
}
"""Where an expression may stand, with ``%`` in its place."""

HEAD = """scenario: hostile
clock: {turns: 3}
parameters: {a: 0.75, b: 0.5}
state: {x: 1, resolve: 0.5}
"""


def placed(expression: str, place: str) -> str:
    """The scenario in which an expression, quoted, stands in a place."""
    return HEAD + PLACES[place].replace("%", "'" + expression.replace("'", "''") + "'") + "\n"
