"""The catalogue's rules, pure: plain values in, plain values out."""
