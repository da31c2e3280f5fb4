"""What decisions teach, as pure functions: signatures of patterns, confidence, certificates and the gate."""
