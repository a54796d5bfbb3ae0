"""What a worker counts while it runs, for Prometheus: kinds and outcomes, never who."""

from prometheus_client import Counter, Histogram

NOTICES = Counter(
    "antichambre_notices",
    "Messages that were tried: accepted, refused for good, later, or void",
    ["channel", "fate"],
)
FILES = Counter(
    "antichambre_files_checked", "Sent files looked at: kept, refused, or later", ["outcome"]
)
CLOCK_RUNS = Counter(
    "antichambre_clock_runs",
    "Nightly runs of a provider: done, to be looked at again, or braked",
    ["outcome"],
)
REMINDERS = Counter("antichambre_deletion_reminders", "Deletion reminders owed by nightly runs")
DELETIONS = Counter("antichambre_deletions", "People deleted by nightly runs")
WORK = Histogram(
    "antichambre_work_seconds",
    "One look at a kind of work, drained to its end",
    ["kind"],
    buckets=(0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300),
)
WORK_ERRORS = Counter("antichambre_work_errors", "Looks that failed and were put off", ["kind"])
REDIS_LOST = Counter("antichambre_redis_lost", "Wakes lost, and times that Redis went away")
