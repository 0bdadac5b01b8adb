"""All that is no documented record: passed through, cached as RFC 9111 says."""
