"""What customers and colleagues wrote, as safe HTML."""
