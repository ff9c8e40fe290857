"""What every other package may use: clock, ids, errors, log, paths, settings, points. Standard library only."""
