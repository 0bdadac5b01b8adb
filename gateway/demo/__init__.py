"""The demo: simulator and gateway as two programs, six apps that talk to them, and what it saved."""

from gateway.demo.running import run

__all__ = ["run"]
