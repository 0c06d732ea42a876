"""Where a journal is kept, and the one sequencer that writes it.

    base.py: what every store does, and how it fails
"""
