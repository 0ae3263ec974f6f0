"""Facebook pages and Instagram accounts through python-facebook-api."""

from sources.meta.facebook import Facebook
from sources.meta.instagram import Instagram

__all__ = ["Facebook", "Instagram"]
