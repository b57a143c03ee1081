-- Keys in the PKCS#11 token with which status is told of P-256 CAs: made here, certified by the CA itself. The newest certificate in force of a CA signs; a row without one waits for it.
CREATE TABLE ocsp_signer (
  label TEXT PRIMARY KEY,
  ca TEXT NOT NULL,
  number BIGINT NOT NULL,
  request BYTEA NOT NULL,
  certificate BYTEA,
  UNIQUE (ca, number)
);
