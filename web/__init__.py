"""The console: pages, live stream, API. Who may use a route is in `web.access`."""
