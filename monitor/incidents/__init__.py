"""Incidents: many mentions of one trouble, proposed when a storm of them arises, answered and closed as one."""
