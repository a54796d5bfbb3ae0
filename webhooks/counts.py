"""What the web process counts while it runs, for Prometheus: routes and statuses, never who."""

from prometheus_client import Counter, Histogram

REQUESTS = Histogram(
    "antichambre_http_seconds",
    "Requests by route, from arrival to the answer's head",
    ["method", "route", "status"],
    buckets=(0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
DATABASE_AWAY = Counter(
    "antichambre_database_away", "Requests that the database could not serve, answered by 503"
)
