"""What speaks for more urgency than the text alone: repeated contact, reach, a heated thread, who is brought in."""
