-- What several people do one after the other: recovery, justice, destruction. "content" is sealed by the device; "digest" is the SM3 of what was entered, which every later act signs.
CREATE TABLE kmc_case (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  digest TEXT NOT NULL,
  content BYTEA NOT NULL,
  opened_at BIGINT NOT NULL
);
CREATE INDEX kmc_case_kind ON kmc_case (kind, opened_at);

-- 一次性验证码 of a released recovery: a hash, never the code.
CREATE TABLE kmc_recovery_code (
  id TEXT PRIMARY KEY,
  code_hash BYTEA NOT NULL,
  until BIGINT NOT NULL,
  tries_left BIGINT NOT NULL
);

-- A released recovery also lets the CA have the pair for the holder's new signing key, by a restore request (renewal).
CREATE TABLE kmc_recovery_grant (
  ca TEXT NOT NULL,
  user_cert_no TEXT NOT NULL,
  holder_key BYTEA NOT NULL,
  recovery TEXT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (ca, user_cert_no, holder_key)
);

-- Pairs that were destroyed: the public half stays, so that the key is never taken for a fresh one (R16).
CREATE TABLE kmc_destroyed (
  pair BIGINT PRIMARY KEY,
  public_key BYTEA NOT NULL,
  ca TEXT NOT NULL,
  user_cert_no TEXT NOT NULL,
  destruction TEXT NOT NULL,
  destroyed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX kmc_destroyed_public_key ON kmc_destroyed (public_key);
CREATE UNIQUE INDEX kmc_destroyed_holder ON kmc_destroyed (ca, user_cert_no);
CREATE INDEX kmc_history_end ON kmc_history (not_after);

CREATE TABLE kmc_drill (
  number BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  tried BIGINT NOT NULL,
  opened BIGINT NOT NULL
);

-- A change of the storage key: one row each; the job goes on where it was when the process ended.
CREATE TABLE kmc_storage_key (
  generation BIGINT PRIMARY KEY,
  leaves BIGINT NOT NULL,
  store TEXT NOT NULL,
  cursor BIGINT NOT NULL,
  resealed BIGINT NOT NULL,
  total BIGINT NOT NULL,
  begun_at BIGINT NOT NULL,
  ended_at BIGINT
);

-- The counts of each day's end, from which growth is read.
CREATE TABLE kmc_day (
  day BIGINT PRIMARY KEY,
  spare BIGINT NOT NULL,
  in_use BIGINT NOT NULL,
  history BIGINT NOT NULL
);
