"""Rules the newsroom writes itself, in CEL: checked, tried on the past, then asked each time."""
