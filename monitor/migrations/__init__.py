"""The history of the schema; `mentiondesk upgrade` plays it forward."""
