"""What others would use to refute a claim, each given the same seconds, exact judge and parametrisation as the hunt."""
