"""A file becomes a checked, frozen ``Scenario``.

``source`` reads YAML into nodes that know their places, ``merge`` lays a file over the one it extends, ``schema`` says
what each part may hold, ``expressions`` and ``statements`` are the two small languages inside, ``checks`` sees whether
the parts fit together, and ``load`` does all of it in order. ``arithmetic`` evaluates expressions on arrays of runs.
"""
