"""The journal of a desk: what happened as bytes that nobody can change unseen; pure.

entry.py: what is kept of an event, whole, sealed or erased
chain.py: where the chain begins, and how one entry follows another
tree.py: the Merkle tree over the chain, with its proofs
keys.py: what a journal needs of whoever holds its keys
seals.py: what is kept of a bid before its opening, and after it is erased
erasure.py: what lies under seals, and what is kept of it once bids are erased
signed.py: heads, receipts, marks and proofs
journal.py: commands written down, and the desk made again from what was written
text.py: the journal as text that anybody can check
"""
