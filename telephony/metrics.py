"""What Prometheus sees of this room."""

from prometheus_client import Counter

PUBLICATIONS = Counter(
    "altavoz_publications",
    "Publications that were tried, by result: published, rolled-back, refused.",
    ("result",),
)
