"""The web application: pages to explore, watch and play in the browser, and a class that plays together.

``app`` puts it together out of parts. A part is a module with ``routes(site)`` and, if it holds something open while
the server runs, ``lifespan(site)``; ``app.PARTS`` lists them. A handler answers with ``pages.page``; what it refuses it
raises as an ``HTTPException`` with a sentence. Nothing is asked of any other machine.
"""
