"""The phases: each looks at a subject and says what it finds, as values."""
