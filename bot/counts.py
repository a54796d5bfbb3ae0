"""What the door counts while it runs, for Prometheus: outcomes, never who."""

from prometheus_client import Counter, Histogram

UPDATES = Histogram(
    "antichambre_update_seconds",
    "Telegram's updates from arrival to answer; again: Telegram is asked to repeat",
    ["outcome"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
UPDATE_FAULTS = Counter(
    "antichambre_update_faults", "Updates that met a fault of ours, and are kept"
)
