"""Reading a thread: its page, the words of its comments, and the page kept for everybody."""
