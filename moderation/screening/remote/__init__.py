"""The publisher's own checker: asked over HTTP before a comment is written, or answering later."""
