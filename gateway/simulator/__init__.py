"""A faithful stand-in for the Intervals API, written from the vendor's documents and knowing nothing of the gateway.

For `demo`, tests and benchmarks: `async with Simulator(Options(scale=0.05)) as simulator: ... simulator.url`.
"""

from gateway.simulator.command import add_arguments, options_from, run
from gateway.simulator.faults import FaultKind
from gateway.simulator.journal import Arrival
from gateway.simulator.options import Canned, Options
from gateway.simulator.server import Simulator

__all__ = ["Arrival", "Canned", "FaultKind", "Options", "Simulator", "add_arguments", "options_from", "run"]
