-- Signing certificates of other rooms that were followed by a new one: good beside it until they end.
CREATE TABLE messaging_peer_earlier (
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  certificate BYTEA NOT NULL,
  ends BIGINT NOT NULL,
  PRIMARY KEY (name, digest)
);
