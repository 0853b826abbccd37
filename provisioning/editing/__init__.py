"""Plans being written: their texts, kept with history, and how they come to be published from the console."""
