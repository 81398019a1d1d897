"""What contenders run: one module a contender, started as ``python -m benchmarks.players.<name>`` in its own process.

Those for other people's libraries import nothing of this program, so that they run in environments of their own.
"""
