"""An event-sourced workflow engine for case lifecycles.

Empty on purpose: importing one room, the domain above all, must not load the others.
"""
