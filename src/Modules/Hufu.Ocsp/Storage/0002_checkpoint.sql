-- What has changed since the index was last written to its checkpoint file: a start reads the file and then these.
CREATE TABLE ocsp_change (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ca TEXT NOT NULL,
  serial BYTEA NOT NULL
);

-- The checkpoint file that belongs to this database: everything up to a change, and the file's SM3. A file of another database, or of another day, is not read.
CREATE TABLE ocsp_checkpoint (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  change BIGINT NOT NULL,
  digest TEXT NOT NULL,
  made_at BIGINT NOT NULL
);

-- When each CA was heard of last (Unix milliseconds): thisUpdate of answers.
CREATE TABLE ocsp_word (
  ca TEXT PRIMARY KEY,
  heard_at BIGINT NOT NULL
);

-- Set when this database is found to be an older one than that which was in use (restored): until it is reconciled every answer is tryLater (R17).
CREATE TABLE ocsp_reconciliation (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  found_at BIGINT NOT NULL,
  why TEXT NOT NULL,
  done_at BIGINT
);

CREATE INDEX ocsp_status_revoked ON ocsp_status (ca, serial) WHERE revoked_at IS NOT NULL;
