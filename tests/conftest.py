"""What holds for all tests."""

import structlog

# A page that fails tells its plain traceback: drawn with every variable on the way it takes half a minute.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
