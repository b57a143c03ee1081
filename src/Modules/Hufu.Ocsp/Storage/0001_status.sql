-- The CA certificates whose names and keys stand in CertIDs; one CA may have several over time.
CREATE TABLE ocsp_issuer (
  digest TEXT PRIMARY KEY,
  ca TEXT NOT NULL,
  certificate BYTEA NOT NULL
);

-- Every certificate issued. A serial that is not here is unknown, never good (R14).
CREATE TABLE ocsp_status (
  ca TEXT NOT NULL,
  serial BYTEA NOT NULL,
  not_after BIGINT,
  revoked_at BIGINT,
  reason BIGINT,
  PRIMARY KEY (ca, serial)
);
