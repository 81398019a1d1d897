"""Tests of `sim.report`: what a person reads."""
