"""A whole class of programs in a room of a real server: ``make bots`` and ``make soak``.

Does a move get lost? How long does an answer take? What happens when the server is killed, sockets are cut, hours pass?
"""
