"""Finding mentions by words: in what was posted, by whom, and in what the desk noted and answered."""

from monitor.search.highlights import find_spans
from monitor.search.terms import Term, read_terms

__all__ = ["Term", "find_spans", "read_terms"]
