"""Trained models, one folder each; see README.md."""
