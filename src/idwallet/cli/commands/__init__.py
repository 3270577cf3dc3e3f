"""One module a command, imported when it is called and not before."""
