class IdentifierError(ValueError):
    """The text is no valid identifier. `code` is the code of the import contract (docs/files.md §7)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
