"""Runs the migrations on the connection it is given, in that connection's transaction.

Alembic executes this file; there is no ``alembic.ini``. The connection comes in ``config.attributes["connection"]``.
"""

from alembic import context

from serai.engine.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
