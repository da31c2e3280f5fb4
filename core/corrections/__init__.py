"""Corrections: steps, the programs made of them, what they change, and how programs are found from examples."""
