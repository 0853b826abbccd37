"""The numbers: header and public ones, whose they are, where they stand in their life (P20, P21)."""
