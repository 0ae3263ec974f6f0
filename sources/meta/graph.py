"""The Graph API behind our edge: pages of a connection, objects by their ids, and answers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyfacebook

from sources.base import Receipt, Transient
from sources.meta.edge import MetaEdge
from sources.threads import Refused
from sources.values import mapping, read_token, word

VERSION = "v24.0"
MOST_IDS = 50
Json = Mapping[str, Any]


class Graph:
    """Raw JSON of Meta's Graph API. Every failure is a `SourceError`."""

    def __init__(self, edge: MetaEdge, credentials: Mapping[str, str]) -> None:
        self._platform = edge.platform
        self._api = pyfacebook.GraphAPI(
            access_token=credentials["access_token"],
            app_secret=credentials.get("app_secret") or None,
            version=VERSION,
            sleep_on_rate_limit=False,
        )
        self._api.session.mount("https://", edge)

    def page(
        self, id: str, connection: str, size: int, token: str | None, **arguments: Any
    ) -> tuple[list[Any], str | None]:
        """The items of one page, and the token of the next. Raises `Transient` where the answer is no list."""
        place = {"after": token} if token else {}
        body = self._api.get_connection(object_id=id, connection=connection, limit=size, **place, **arguments)
        if not isinstance(body.get("data"), list):
            raise Transient(f"{self._platform} answered without a list.")
        paging = mapping(body.get("paging"))
        after = read_token(mapping(paging.get("cursors")).get("after"), self._platform)
        # Meta sends a cursor with the last page too; only `next` says that there is more.
        return body["data"], after if paging.get("next") else None

    def one(self, id: str, fields: str) -> Json:
        found: Json = self._api.get_object(object_id=id, fields=fields)
        return found

    def many(self, ids: Sequence[str], fields: str) -> dict[str, Json | None]:
        """Objects by their ids, None for one that is not there: Meta refuses all for one, so halves are asked for."""
        found: dict[str, Json | None] = {}
        for start in range(0, len(ids), MOST_IDS):
            found |= dict(self._find(ids[start : start + MOST_IDS], fields))
        return found

    def _find(self, ids: Sequence[str], fields: str) -> Iterator[tuple[str, Json | None]]:
        try:
            body = self._api.get_objects(ids=",".join(ids), fields=fields)
        except Refused:
            if len(ids) == 1:
                yield ids[0], None
                return
            middle = len(ids) // 2
            for half in (ids[:middle], ids[middle:]):
                yield from self._find(half, fields)
            return
        yield from ((id, body[id]) for id in ids if isinstance(body.get(id), Mapping))

    def answer(self, to: str, connection: str, text: str, url: str) -> Receipt:
        body = self._api.post_object(object_id=to, connection=connection, data={"message": text})
        id = word(body.get("id"))
        if id is None:
            raise Transient(f"{self._platform} took the reply without saying under which id.")
        return Receipt(id, url)
