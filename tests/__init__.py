"""Tests of detente; folders mirror `sim/`."""
