"""A recorded session: the demo's load, and what every panel, the status page and the metrics page then say."""
