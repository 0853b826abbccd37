"""The PBX: the AMI link, the call tracker, the journal, publishing, and an Asterisk of our own."""
