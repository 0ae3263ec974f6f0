"""The abusive lane: what attacks people is shared out, with a cap a day and a second person for who wants one."""
