"""The workshop: corpus, fit, evaluate; reached from the command line and tests only, never from scoring."""
