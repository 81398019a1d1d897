"""A room of a class as a value, without web, disk or clock: it follows from its events, one after the other.

``room`` holds the state and lets events happen, ``asked`` checks what somebody asks for and says which events that
means, ``position`` plays the games (the slow part, done elsewhere than where moves are taken), ``results`` compares
with what the model predicts. Times are given from outside, so that nothing here ever waits.
"""
