"""What the codes of reading mean: files, YAML, tables. The list of all codes is in `codes`."""

from __future__ import annotations

from offtake.book.faults import Code

FILES = {
    "no-book": Code(
        "No book here",
        "A book is a folder with a file `book.yaml`, and that file has a part `book:` which says "
        "whose book it is, as of when, and over which months.",
        "Name the folder, not the file; or add `book.yaml` with a part `book:`.",
    ),
    "no-file": Code(
        "A file is missing",
        "A name under `include`, or of a trace, is not there. Names are relative to the file that "
        "names them.",
        "Mend the spelling, or leave the name out.",
    ),
    "not-a-file": Code(
        "Not an ordinary file",
        "A folder, pipe or device is named, or a file that may not be read.",
        "Name a YAML file or a CSV table that you may read.",
    ),
    "path-name": Code(
        "Not a file name",
        "An entry of `include` or a `trace` is not a relative path with forward slashes.",
        "Write a name such as `sites/abilene.yaml`.",
    ),
    "path-outside": Code(
        "Leads out of the book",
        "A path is absolute, climbs out of the book's folder, or is a link that leads out of it. "
        "A book reads only what lies in its own folder.",
        "Copy the file into the book.",
    ),
    "included-twice": Code(
        "Read twice",
        "The same file is named a second time, or a file includes itself. Reading it again would "
        "repeat all its records.",
        "Name each file once.",
    ),
    "include-depth": Code(
        "Includes too deep",
        "Files include files that include files, more than 16 deep.",
        "Name the files directly in `book.yaml`.",
    ),
    "too-many-files": Code(
        "Too many files",
        "A book has at most 10,000 files.",
        "Put many small files together, or into a CSV table.",
    ),
    "too-large": Code(
        "Too large",
        "All files of a book together have at most 64 MiB and a million values: words in "
        "YAML and cells in tables count one each, lists and mappings four. A mapping has at most "
        "20,000 keys.",
        "Leave out what the plan does not need; shorten traces.",
    ),
    "file-kind": Code(
        "Neither YAML nor CSV",
        "Included files end in `.yaml`, `.yml` or `.csv`.",
        "Rename the file, or leave it out.",
    ),
    "table-name": Code(
        "A table of what?",
        "The name of a CSV table says what it holds: it begins with `offers`, `demand`, `parties` "
        "or `chips`, as in `offers-azure.csv`.",
        "Rename the table.",
    ),
    "encoding": Code(
        "Not UTF-8",
        "The file's bytes are not UTF-8 text.",
        "Save it as UTF-8.",
    ),
    "not-a-book": Code(
        "No parts in the file",
        "A YAML file of a book is a mapping with parts such as `offers:`; this one is empty or "
        "something else.",
        "Begin with a part, such as `parties:`.",
    ),
    "unknown-section": Code(
        "No such part",
        "A top key is none of the parts of a book, or one that stands elsewhere: `book:` only in "
        "`book.yaml`, and there `include` under it.",
        "Take the nearest name from the hint.",
    ),
}

JOURNALS = {
    "journal-broken": Code(
        "A journal that cannot be believed",
        "The file is no journal, or what stands in it is not what the desk wrote: an entry does "
        "not follow the one before it, or says something else than was committed to.",
        "`offtake verify` names what is wrong; restore a backup, or export the journal again.",
    ),
    "journal-later": Code(
        "A journal of a later version",
        "A later version of offtake wrote the journal, and its form is not known here.",
        "Install that version, or a later one.",
    ),
    "journal-taken": Code(
        "Signed under an id that the book has",
        "An agreement that was made at a desk has the id of another one in the book. A copy that "
        "`offtake book pull` wrote says by `entry` whose copy it is; this one does not.",
        "Rename the record in the file; what was signed at the desk keeps its name.",
    ),
    "journal-drift": Code(
        "Not what the journal says",
        "A copy of an agreement, in a file that `offtake book pull` wrote, differs from what the "
        "journal says of it, or no entry of the journal signs it.",
        "Pull again. What the parties changed since is a record under `amendments`.",
    ),
    "journal-offer": Code(
        "Signed under an offer that is gone",
        "The bid named an offer of the book, whose clauses go along with its terms, and the book "
        "has no such offer any more.",
        "Keep the offer; a past `valid_until` keeps it from being bought.",
        "warning",
    ),
}

YAML = {
    "yaml": Code(
        "Not YAML",
        "The text cannot be read as YAML at this place.",
        "Look at indentation, colons and quotes here and on the line above.",
    ),
    "yaml-alias": Code(
        "Alias",
        "`*name` repeats text from elsewhere. Aliases hide what was signed and let a few lines "
        "grow to gigabytes, so a book has none.",
        "Write the text out.",
    ),
    "yaml-anchor": Code(
        "Anchor",
        "`&name` marks text for repetition, which a book does not have.",
        "Leave the anchor out.",
    ),
    "yaml-merge": Code(
        "Merge key",
        "`<<` copies another mapping into this one; a reader could not see what holds here.",
        "Write the fields out.",
    ),
    "yaml-tag": Code(
        "Tag",
        "`!tag` asks the reader to make some type of it. Fields know their types.",
        "Leave the tag out.",
    ),
    "yaml-depth": Code(
        "Nested too deep",
        "Lists and mappings stand in each other more than 32 deep.",
        "No book needs such depth: look for a bracket that is not closed.",
    ),
    "yaml-documents": Code(
        "A second document",
        "`---` begins another document in the same file.",
        "Put it into a file of its own and include both.",
    ),
    "yaml-key": Code(
        "A key that is no word",
        "A list or a mapping stands where a key belongs.",
        "Look for a `?`, or a bracket before a colon.",
    ),
    "duplicate-key": Code(
        "A key twice",
        "The same key stands twice in one mapping; only one could count.",
        "Keep one of the two.",
    ),
    "reserved-key": Code(
        "Reserved key",
        "Keys that begin with `@` belong to the reader.",
        "Rename the key.",
    ),
    "empty-value": Code(
        "Nothing there",
        "A key or a list item has no value. Nobody can tell whether one was forgotten.",
        "Write the value, or leave the key out.",
    ),
}

TABLES = {
    "csv": Code(
        "Not CSV",
        "The table cannot be read here: a quote is not closed, a cell is longer than 131,072 "
        "characters, or there is a control character.",
        "Mend the row; put texts with commas or quotes into double quotes.",
    ),
    "no-header": Code(
        "No header",
        "The first row of a table names the fields of its records, and this one names none.",
        "Begin with a row such as `id,seller,chip`.",
    ),
    "unknown-column": Code(
        "No such column",
        "A column is not a field that a cell can hold, or it is there twice. Lists and mappings "
        "stand in YAML.",
        "Take the nearest name from the hint, or write these records in YAML.",
    ),
    "row-length": Code(
        "Too many or too few cells",
        "A row has another number of cells than the header.",
        "Put a text with commas in double quotes; keep empty cells.",
    ),
    "too-many-faults": Code(
        "Too many faults",
        "After a thousand faulty rows the rest of a table is left aside, after a thousand faults "
        "the rest of the book. Of a file of metering a hundred bad rows are told, and how many "
        "more there are.",
        "Look at the header and the first rows, or at the first records: it is most likely one "
        "mistake.",
    ),
    "bad-trace": Code(
        "Not a trace",
        "A trace is CSV with a column `timestamp` or `arrival`: ISO instants, or seconds from a "
        "midnight. `tokens`, or `ContextTokens` and `GeneratedTokens`, are whole numbers.",
        "Mend the line that the sentence names.",
    ),
    "short-trace": Code(
        "A trace without some hours",
        "The shape of a day needs requests, or at least rows, in each of its 24 hours.",
        "Name a longer trace, or write 24 numbers.",
    ),
}
