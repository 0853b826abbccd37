"""The alta of a service, step by step, from the request to the launch (P20-P40)."""
