"""Little helpers with real names: whole-file writes, wording, where the firmware's files are."""
