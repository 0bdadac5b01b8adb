"""Jobs at work: accepted, taken up in their order, tried, ended."""
