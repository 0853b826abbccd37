"""Who is told what, when: hand-overs, reminders, digests, confirmations (P8, P25, P28)."""
