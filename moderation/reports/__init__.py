"""The readers' two doors for saying that a comment breaks the policy, or the law."""
