"""The nodes, by what they do: reading the question, speaking a model's answer, replying without one, closing the turn.

A node reads the state, calls one capability and returns a partial update.
"""
