"""What to send, how to read, when to ask, what may be repeated: decisions without I/O.

Time, randomness and whoever does the I/O come from outside. `effects` says how the decisions
ask for what they need; `wire` carries it out.
"""
