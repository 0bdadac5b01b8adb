"""Sample rows of one account: the same seed, scale and epoch always give the same rows."""

from gateway.simulator import seed_lookups, seed_money, seed_people, seed_projects, seed_work
from gateway.simulator.clock import Clock
from gateway.simulator.options import Options
from gateway.simulator.sower import Sower
from gateway.simulator.tables import World


def build(account: str, clock: Clock, options: Options) -> World:
    """A new account's tables. At scale 1 some 240 clients, 480 projects, 4,000 tasks and 9,000 time entries."""
    world = World(account, clock, options)
    sower = Sower(world)
    seed_lookups.sow(world)
    seed_people.sow(sower)
    seed_projects.sow(sower)
    seed_work.sow(sower)
    seed_money.sow(sower)
    return world
