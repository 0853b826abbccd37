"""What a plan is: its definition, its loader, its problems with file and line; the site it runs on."""
