"""Where a journal is kept, and the one sequencer that writes it.

base.py: what every store does, and how it fails
memory.py: a journal in memory, for tests and trials
sqlite.py: a journal in one SQLite file
sqlite_file.py: opening that file: whose it is, how it is set, which version it has
lock.py: the operating system's lock: one leader on a machine
postgres.py: a journal in a PostgreSQL database
postgres_server.py: reaching it: its tables, its settings, which version it has
open.py: a store by its name: a path, or postgresql://...
migrate.py: schema versions, and what leads from each to the next
copying.py: copies between stores, every link checked: backup and restore
keyring.py: where a desk's keys are held
crash.py: named points at which a test may end the process
acknowledged.py: what a sender is told, and its receipt
sequencer.py: the one that decides, writes in groups and then tells
"""
