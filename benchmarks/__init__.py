"""Ratios against rivals measured in the same run; never asserted in tests."""
