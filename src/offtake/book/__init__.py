"""Text to typed, checked records, each with its place; and the book as of a day.

Where things stand:

    faults.py: a fault is a value: place, code, sentence, hint
    codes.py: the catalogue of fault codes
    codes_examples.py: for each code the smallest book that earns it
    samples.py: the small books in which examples stand
    codes_reading.py: what the codes of files, YAML and tables mean
    codes_fields.py: what the codes of single fields mean
    codes_checks.py: what the codes of the checks mean
    codes_metering.py: what the codes of metering mean
    record.py: what all records share; mappings and lists as somebody wrote them
    fields.py: field types: text in, a quantity out
    records.py: the records of a book
    ended.py: what may end before its time, and under which clause
    tied.py: clauses as written, each told whose it is
    header.py: the `book:` part: whose book, as of when, over which months
    scope.py: what a right reaches; the only matching of scopes
    curves.py: what a curve says a chip-hour costs on a day
    reach.py: what a scope reaches in a book, where scopes meet, what was signed within
    files.py: the sealed root; the only place that opens files
    bulk.py: how many values a book may hold
    yamltree.py: YAML text to mappings, lists and strings with places
    tables.py: CSV tables in bulk
    traces.py: the hourly shape of demand from a trace
    typed.py: written text to records; what does not fit to faults
    near.py: the nearest known name
    read.py: a folder to a book and its faults
    sections.py: the parts of a book, and what records each has
    agreements.py: all agreements, wherever they come from, with their amendments
    journals.py: what a book asks of the journals that it names
    force.py: the book as of a day; amendments; what is in force
    edit.py: the same book with one typed figure changed, to find the least change
    draft.py: the book as it is written, before it is typed
    path.py: where a text such as `oracle-36.price` leads in a draft
    changes.py: changes as somebody asks for them, made on a draft and read again
    lines.py: in which lines two drafts differ
    walk.py: what a record type holds: records, references, money
    checks.py: the list of checks
    check_names.py: ids that are unique, and ids that are there
    check_dates.py: dates and lengths of time
    check_money.py: currencies, prices, percentages, offers
    check_size.py: figures of no sense, and what a plan would need
    check_sites.py: owners and capital
    check_demand.py: classes of demand and their scenarios
    check_curves.py: dated prices and their forecast
    check_chain.py: agreements served from others
    schema.py: the JSON Schema of a book
    pages.py: a page for each code and each clause kind
    chips.py: the built-in table of chips, as records
    chips.yaml: the table itself
"""
