"""Stores: a release put into a live triple store over the SPARQL 1.1 protocols, asked there, and taken back."""
