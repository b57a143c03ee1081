-- The room's one-time setup code, hashed.
CREATE TABLE hosting_setup (
  room TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  consumed_at BIGINT
);

-- Who holds which share of the device's administration key, and the transcript of ceremonies.
CREATE TABLE hosting_share_holders (
  number BIGINT PRIMARY KEY,
  person_id TEXT NOT NULL
);
CREATE TABLE hosting_ceremony_steps (
  number BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  what TEXT NOT NULL,
  who TEXT NOT NULL,
  digest TEXT
);
