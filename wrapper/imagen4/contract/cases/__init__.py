"""What is asked of a server, and what the document says must come of it.

Every module here makes lists of case requests; none of them sends anything.
"""
