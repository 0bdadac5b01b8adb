"""A day of eight tools through the gateway on the simulator, beside what other caches would have asked for."""
