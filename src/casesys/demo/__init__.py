"""Three months of an invented community, played through the ordinary commands under a simulated clock.

Nothing here bypasses the rules: people with mandates give commands, some of which are refused, and the clocks of the cases do what
they do by themselves. `season.play` is the way in.
"""
