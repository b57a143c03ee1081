-- Who is who in this room, in which roles, by which certificates, appointed by whom.
CREATE TABLE staff_people (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  suspended BIGINT NOT NULL DEFAULT 0, -- since when; 0: not suspended
  added BIGINT NOT NULL
);
CREATE TABLE staff_roles (
  person_id TEXT NOT NULL REFERENCES staff_people (id),
  role TEXT NOT NULL,
  appointed_at BIGINT NOT NULL,
  appointed_by TEXT REFERENCES staff_people (id),
  statement TEXT,
  signature BYTEA,
  ended_at BIGINT,
  PRIMARY KEY (person_id, role)
);
CREATE TABLE staff_certificates (
  digest TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES staff_people (id),
  serial TEXT NOT NULL,
  key_digest TEXT NOT NULL,
  not_before BIGINT NOT NULL,
  not_after BIGINT NOT NULL,
  der BYTEA NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX staff_certificates_key ON staff_certificates (key_digest);
CREATE INDEX staff_certificates_serial ON staff_certificates (serial);

-- Statements that were used, until their window ends; and who did what on what, for "must be another person".
CREATE TABLE acts_nonces (
  person TEXT NOT NULL,
  nonce TEXT NOT NULL,
  expires BIGINT NOT NULL,
  PRIMARY KEY (person, nonce)
);
CREATE INDEX acts_nonces_expires ON acts_nonces (expires);
CREATE TABLE acts_done (
  object TEXT NOT NULL,
  act TEXT NOT NULL,
  person_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (object, act, person_id)
);
