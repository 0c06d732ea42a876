"""The journal of a desk: what happened as bytes that nobody can change unseen; pure.

    entry.py: what is kept of an event, whole, sealed or erased
"""
