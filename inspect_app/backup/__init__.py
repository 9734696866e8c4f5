"""`python -m inspect_app backup` and `restore`: the database and the files, with the hash of everything.

A backup is a folder: `database.sqlite`, or `tables/` with one COPY for each table of PostgreSQL; `files/` with the
store of files; `uploads/` with photos on their way; and `manifest.json`, written last. Without it, it is none.
"""
