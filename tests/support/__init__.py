"""What several tests share: SIP endpoints, a running instance, a browser."""
