"""The case lifecycle as pure functions: deciders, evolvers and the rules they read.

Nothing here performs input or output, reads a clock or draws a random number; importing it loads no other room of casesys.
"""
