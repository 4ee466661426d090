"""What survives the engine: clusters, operations with their journal, events, jobs, in SQLite or PostgreSQL.

Importing this package, ``records`` and ``location`` is cheap. ``store`` brings SQLAlchemy with it: import it where a
store is opened, and name it elsewhere only under ``TYPE_CHECKING``.
"""
