"""Tests of lines in the console: started, followed, listened to, their reports."""
