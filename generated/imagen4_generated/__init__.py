"""Clients made from the gateways' documents, one package each, and the documents."""
