"""The ways a person can reach us: translation between a provider's protocol and neutral messages, nothing else."""
