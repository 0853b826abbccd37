"""What Alembic runs for each command: the caller's connection, the metadata of all rooms."""

from alembic import context

from db.all_tables import metadata
from db.migrate import compared

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    include_name=compared,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
