"""Everything an operator can set: one table, one loader, all mistakes reported together."""

from gateway.settings.cautions import cautions
from gateway.settings.effective import effective
from gateway.settings.loader import load
from gateway.settings.mistakes import Mistake, SettingsError
from gateway.settings.table import Account, App, Lifetimes, Settings
from gateway.settings.webhooks import Webhook

__all__ = [
    "Account",
    "App",
    "Lifetimes",
    "Mistake",
    "Settings",
    "SettingsError",
    "Webhook",
    "cautions",
    "effective",
    "load",
]
