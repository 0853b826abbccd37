"""Engine, declarative base and migrations. Tables live in the room that owns them."""
