"""The judgement of a mention: sentiment, urgency, need and abuse, by a transformer on this machine."""
