"""An answer as one HTML page that stands by itself: to be projected, printed, handed in or put into an annex.

- ``content`` - what stands on the page, as values
- ``subject`` - an answer as the page asks for it, whatever was asked: from ``of_runs``, ``of_matrices``, ``of_claims``
- ``sentences``, ``tables`` - the answer in three sentences and in numbers
- ``assumptions`` - what is assumed, and which of it decides
- ``telling``, ``chronicle``, ``story`` - which runs are told, and how
- ``questions`` - what to ask a class
- ``origin`` - where it came from, and how to make it again
- ``pictures`` - figures drawn, for the inside of a page
- ``building``, ``rendering`` - put together, and written, with the files in ``templates/``
"""
