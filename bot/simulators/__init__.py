"""A Bot API and a Twilio of our own, on loopback: the demo's phones, and what the tests and benchmarks talk to.

They speak the providers' real protocols over real sockets, so the service under them is the service as it runs.
"""
