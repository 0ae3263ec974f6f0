"""`python -m web.translations`: bring every catalogue up to date with the strings in use."""

from web.translations.updating import update

update()
