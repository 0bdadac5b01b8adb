"""The assembly: settings in, a running gateway out. The only layer that knows every part."""

from gateway.app.running import Gateway, serve

__all__ = ["Gateway", "serve"]
