"""The demo's platform: invented posts about an invented airline, arriving over time with a storm in them."""

from sources.sample.feed import Sample

__all__ = ["Sample"]
