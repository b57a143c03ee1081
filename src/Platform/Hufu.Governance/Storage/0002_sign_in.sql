-- How people sign in: user name and password beside their certificate; what is kept of a password is PBKDF2-SM3 of it.
CREATE TABLE staff_accounts (
  person_id TEXT PRIMARY KEY REFERENCES staff_people (id),
  user_name TEXT NOT NULL UNIQUE,
  salt BYTEA NOT NULL,
  verifier BYTEA NOT NULL,
  iterations BIGINT NOT NULL,
  set_at BIGINT NOT NULL,
  failures BIGINT NOT NULL DEFAULT 0, -- wrong passwords in a row
  locked_at BIGINT,
  closed_at BIGINT -- reset: the person opens it anew
);
-- Earlier passwords, so that none comes back at once.
CREATE TABLE staff_passwords (
  person_id TEXT NOT NULL REFERENCES staff_people (id),
  set_at BIGINT NOT NULL,
  salt BYTEA NOT NULL,
  verifier BYTEA NOT NULL,
  iterations BIGINT NOT NULL,
  PRIMARY KEY (person_id, set_at)
);
-- Sessions by the digest of their cookie: who reads this table cannot use them.
CREATE TABLE staff_sessions (
  digest TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES staff_people (id),
  certificate TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
);
CREATE INDEX staff_sessions_person ON staff_sessions (person_id);
-- The key that makes a challenge's nonce, so that a challenge costs no row; and the nonces that were used, until they are too old.
CREATE TABLE staff_challenge_key (
  number BIGINT PRIMARY KEY,
  secret BYTEA NOT NULL
);
CREATE TABLE staff_challenges_used (
  nonce TEXT PRIMARY KEY,
  expires BIGINT NOT NULL
);
-- The latest moment at which an act was done: a clock that has gone back behind it is not believed.
CREATE TABLE acts_clock (
  number BIGINT PRIMARY KEY,
  latest BIGINT NOT NULL
);
