"""Scenarios whose answers along parameters are known in closed form."""

LINE = """\
scenario: line
title: A scenario worked by hand
clock: {turns: 2, discount: 1}
parameters:
  burden: {value: 0.25, range: [0, 1], label: Burden of arms}
  stake: {value: 0.5, range: [0, 1], label: What is at stake}
  fixed: 2
state: {luck: {initial: {low: -1, high: 1}}}
actors:
  north:
    label: North
    incentives: {peace: stake, luck: luck}
    actions: {keep: {}, leave: {cost: burden}}
  south: {label: South, incentives: {peace: 0.25 * fixed - burden + luck * stake}, actions: {keep: {}}}
regimes:
  treaty: {label: The treaty, plays: {north: keep}, parameters: {fixed: 1}}
  open: {label: No treaty, plays: {north: leave}, parameters: {stake: 0.75}}
"""
"""With l the sum of both turns' luck (the same number twice): under treaty north gets 2 stake + l, under open
1.5 - 2 burden + l; south 0.5 - 2 burden + l stake and 1 - 2 burden + 0.75 l."""

PLANE = """\
scenario: plane
title: Two sides weigh a treaty
clock: {turns: 1}
parameters:
  gain: {value: 0.3, range: [0, 1], label: Gain from breaking out}
  cost: {value: 0.62, range: [0, 1], label: Cost of arms}
state: {out: 0, luck: {initial: {low: -1, high: 1}}}
actors:
  nato: {label: NATO, incentives: {x: out * (gain - cost + 0.1)}, actions: {keep: {}}}
  adversary: {label: The adversary, incentives: {x: out * (0.875 - gain - cost + luck)}, actions: {keep: {}}}
regimes:
  treaty: {label: The treaty holds}
  open: {label: The treaty is gone, initial: {out: 1}}
"""
"""Without a treaty NATO gains where cost < gain + 0.1, the adversary on average where cost < 0.875 - gain."""

G = """\
scenario: g-function
clock: {turns: 1}
parameters:
  x1: {value: 0.5, range: [0, 1]}
  x2: {value: 0.5, range: [0, 1]}
  x3: {value: 0.5, range: [0, 1]}
  x4: {value: 0.5, range: [0, 1]}
state: {luck: {initial: {low: -1, high: 1}}}
actors:
  one:
    incentives:
      g: abs(4*x1 - 2) * (abs(4*x2 - 2) + 1) / 2 * (abs(4*x3 - 2) + 4.5) / 5.5 * (abs(4*x4 - 2) + 9) / 10
      noise: 3 * luck
"""
"""Sobol's g-function, the product of (|4 x - 2| + a) / (1 + a), with a = 0, 1, 4.5, 9, and noise beside it."""

ISHIGAMI = """\
scenario: ishigami
title: One who matters only together with another
clock: {turns: 1}
parameters:
  a: {value: 0, range: [-1, 1]}
  b: {value: 0, range: [-1, 1]}
  c: {value: 0, range: [-1, 1]}
state: {luck: {initial: {low: -1, high: 1}}}
actors:
  one: {incentives: {linear: a, square: 3 * b ** 2, together: 5 * c ** 4 * a, noise: 3 * luck}}
"""
"""Ishigami's function with x for sin x, a + 3 b^2 + 5 c^4 a, and noise beside it: c does nothing alone."""

LINEAR = """\
scenario: linear
clock: {turns: 1}
parameters:
  strong: {value: 0.5, range: [0, 1], label: A strong one}
  weak: {value: 0.5, range: [0, 1], label: A weak one}
  idle: {value: 0.5, range: [0, 1]}
  own: {value: 0.5, range: [0, 1]}
  loud: 5
  unranged: 1
state: {luck: {initial: {low: -1, high: 1}}}
actors:
  one: {label: One side, incentives: {x: 3 * strong - weak + loud * luck + 0 * idle + own}, actions: {wait: {}}}
  two: {incentives: {x: strong}, actions: {wait: {}}}
regimes:
  first: {parameters: {own: 0.25}}
  second: {parameters: {own: 0.75, strong: 0.5}}
"""
"""Under first 3 strong - weak and much noise; the difference second minus first is 2 - 3 strong for one."""
