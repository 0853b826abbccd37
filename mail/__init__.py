"""Letters that go out by e-mail: written once, kept until they are gone, sent once."""
