"""Benchmarks: how fast the command starts and how fast the engine prices, as ratios measured in one run.

``make bench`` prints them and judges nothing: a figure belongs to the machine and the day. Both sides of a
ratio run in turns, several rounds each, so that a busy machine slows both.
"""
