"""XML and JSON, either way: one `Document` in the middle, one reader and one writer for each format.

`xml_codec` and `json_codec` have the same functions: `read` and `write` for answers, `read_body` and `write_body`
for what callers send, and `reading`, `writing`, `reading_body`, `writing_body`: the same in steps, for what is large.
What the formats cannot carry of one another is listed at the top of `shapes`.
"""
