"""The weekly account: counted, written, and sent when its time has come."""
