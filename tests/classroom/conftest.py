"""Tests of the web application need the libraries for the web."""

from importlib.util import find_spec

NEEDED = ("cryptography", "httpx", "itsdangerous", "jinja2", "starlette", "uvicorn", "websockets")
collect_ignore_glob = [] if all(find_spec(name) for name in NEEDED) else ["test_*.py"]
