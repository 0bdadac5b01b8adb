"""The assembly: settings in, a running gateway out. The only layer that knows every part."""

from gateway.app.running import Gateway
from gateway.app.serving import serve

__all__ = ["Gateway", "serve"]
