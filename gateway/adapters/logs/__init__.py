"""What is logged, how it looks, and how it leaves without holding up a request.

Never written: parameter values, fields of requests, bodies, and registered secrets wherever they appear.
"""

from gateway.adapters.logs.log import Log, open_log
from gateway.adapters.logs.redaction import Redaction

__all__ = ["Log", "Redaction", "open_log"]
