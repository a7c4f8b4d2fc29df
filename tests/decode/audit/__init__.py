"""Tests of the decoders of the Linux audit."""
