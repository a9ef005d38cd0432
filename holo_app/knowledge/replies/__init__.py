"""Answers by what the question wants; each returns clauses with the facts that they state."""
