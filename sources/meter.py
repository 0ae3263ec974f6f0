"""What one poll has taken of its budget."""

from sources.base import Budget


class Meter:
    """Counts requests and posts down; a source asks it for the size of the next page and stops at 0."""

    def __init__(self, budget: Budget) -> None:
        self.requests = budget.requests
        self.posts = budget.posts

    def page_size(self, smallest: int, largest: int = 100) -> int:
        """How many posts the next request may ask for; 0 where the budget does not reach to the smallest page."""
        if self.requests < 1 or self.posts < smallest:
            return 0
        return min(self.posts, largest)

    def take(self, requests: int = 1, posts: int = 0) -> None:
        self.requests -= requests
        self.posts -= posts
