"""The read side: what screens, the API and the command line list. One module a subject; each asks a bounded number
of queries, pages by key and sees one merchant (`scope`; None sees all)."""
