"""An installation is kept safe and can grow: backup, restore, check, move."""
