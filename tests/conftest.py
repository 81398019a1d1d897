"""What every test shares: how Hypothesis searches."""

from hypothesis import settings

# The same examples everywhere, so that a failure is everyone's failure; print_blob shows how to replay one.
settings.register_profile("detente", derandomize=True, deadline=None, print_blob=True)
# For a hunt by hand: pytest --hypothesis-profile=explore
settings.register_profile("explore", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile("detente")
