"""Files that others write, and the records of a book that they become. Pure: lines in, text out.

rows.py: lines of bytes to rows of CSV, what is wrong with them, and how many were left out
zones.py: times as written to hours and months of a time zone
fit.py: a straight line through logarithms, percentiles, numbers that sum to a whole
names.py: what catalogues call accelerators and regions, and what a book calls them
instances.py: how many chips an instance type has, with sources
skypilot.py: a SkyPilot catalogue to offers
prices.py: dated list prices to a curve
requests.py: a trace of requests to chips needed
usage.py: usage or jobs to chips in use by the hour
needs.py: chips in use by the hour to a class of demand
text.py: records as YAML or CSV that a book includes
focus/: bills of the FinOps Open Cost and Usage Specification, written and read
beancount.py: posted groups to the ledger of one party, for Beancount
ocds.py: a desk's events to releases of the Open Contracting Data Standard
ocds_parts.py: parties, values, periods and items of releases
ical.py: deadlines to an iCalendar, with what became of those of an earlier one
ical_days.py: the deadlines and payments of a book, a plan, a desk, statements

CSV is read with Python's own reader, a row at a time: prices stay exact decimals, each row keeps
its line, and a file of any length takes little memory.
"""
