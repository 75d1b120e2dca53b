"""Named defects of a gateway, to measure what the contract command detects.

`reference` is a conforming gateway, `catalogue` the list of defects; each defect changes
one decision of the reference. They are written from what gateways could plausibly get
wrong, not from what the checks look for.
"""
