"""The clients that a user would pick instead, beside ours against one stub.

`environment` sets them up, `stub` is the server, `clients` says how each is used, `drive` runs one
of them in a process of its own, `table` shows what came out.
"""
