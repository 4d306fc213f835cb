"""Floor 3: answers Label Studio as its ML backend; `bridge` works on a project from outside."""
