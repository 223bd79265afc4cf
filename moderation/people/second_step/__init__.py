"""The second step at sign-in: a code from an app on one's phone, or a recovery code."""
