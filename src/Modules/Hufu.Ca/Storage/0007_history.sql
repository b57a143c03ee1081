-- Old encryption keys that come with a renewal (6.2.8-a), as the key centre enveloped them to the same signing key: JSON of RecoveredKey, for a repeated reply.
ALTER TABLE ca_intents ADD COLUMN history BYTEA NULL;
