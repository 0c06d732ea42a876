"""What is owed by a book on this machine: files read, months settled, statements posted.

meter.py: metered chip-hours by agreement and hour, from files of any length
meter_files.py: files of metering as pieces of some thousand rows
meter_hours.py: hours of agreements as numbers, and their sums
meter_hosts.py: use above the contract of those from whom others are served
meter_faults.py: what is wrong with files of metering, row by row
tables.py: the small tables: availability, deliveries, revenue, what others pay
gather.py: all of it: the inputs of a settlement, or every fault
settled.py: from a book and what was metered to the statements of a month
forecast.py: what a plan expects to be used, as metering of the months ahead
unsigned.py: what a plan would pay besides what is signed
paying.py: payments and capital calls, as groups that the desk keeps
posting.py: statements to the desk of their book, and what was posted before
spreadsheet.py: statements as a workbook for a controller
focus_files.py: FOCUS on disk: datasets as Parquet and CSV, a provider's bill
billed.py: a provider's bill beside our own statements
outward.py: what others read: releases of a desk's tenders, a calendar of deadlines
leaving.py: what a folder shows of a settlement
"""
