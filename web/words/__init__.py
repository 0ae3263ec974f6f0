"""How the desk says things: functions over plain data that give the words of a page."""
