-- Recoveries that a registration authority has opened by a sealed order: whose they are, so that it is told how far they are and its holders fetch through it.
CREATE TABLE kmc_recovery_origin (
  id TEXT PRIMARY KEY,
  room TEXT NOT NULL,
  ra_case TEXT NOT NULL
);

-- The answer with the new shares of a change of the storage key, each sealed to its holder: who repeats the very act gets it again.
CREATE TABLE kmc_storage_key_reply (
  generation BIGINT PRIMARY KEY,
  request_digest TEXT NOT NULL,
  reply BYTEA NOT NULL
);
