"""The one reader of the environment.

Everything that an installation may choose is a field of `Settings`; docs/settings.md lists them.
The rooms below the doors never see this package: they are given plain values.
"""

from settings.parsing import Smtp
from settings.reading import SettingError, Settings
from settings.secrets import add_encryption_key

__all__ = ["SettingError", "Settings", "Smtp", "add_encryption_key"]
