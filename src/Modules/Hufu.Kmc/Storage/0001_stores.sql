-- The key centre itself: one row once it is initialised.
CREATE TABLE kmc_centre (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  organisation TEXT NOT NULL,
  name TEXT NOT NULL,
  certificate BYTEA NOT NULL,
  generation BIGINT NOT NULL,
  initialised_at BIGINT NOT NULL
);

-- 备用库: pairs made ahead, nobody's yet. "sealed" is the private key under the storage key of its generation, bound to pair, generation and time.
CREATE TABLE kmc_spare (
  pair BIGINT PRIMARY KEY,
  generation BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  public_key BYTEA NOT NULL,
  sealed BYTEA NOT NULL
);

-- 在用库: pairs given out, by the CA and the number of the encryption certificate.
CREATE TABLE kmc_in_use (
  pair BIGINT PRIMARY KEY,
  generation BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  public_key BYTEA NOT NULL,
  sealed BYTEA NOT NULL,
  ca TEXT NOT NULL,
  user_cert_no TEXT NOT NULL,
  holder_key BYTEA NOT NULL,
  not_before BIGINT NOT NULL,
  not_after BIGINT NOT NULL,
  user_name TEXT,
  ds_code TEXT,
  extend_info TEXT,
  given_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX kmc_in_use_holder ON kmc_in_use (ca, user_cert_no);
CREATE UNIQUE INDEX kmc_in_use_public_key ON kmc_in_use (public_key);

-- 历史库: pairs whose certificate was revoked or replaced; kept for what was encrypted to them.
CREATE TABLE kmc_history (
  pair BIGINT PRIMARY KEY,
  generation BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  public_key BYTEA NOT NULL,
  sealed BYTEA NOT NULL,
  ca TEXT NOT NULL,
  user_cert_no TEXT NOT NULL,
  holder_key BYTEA NOT NULL,
  not_before BIGINT NOT NULL,
  not_after BIGINT NOT NULL,
  user_name TEXT,
  ds_code TEXT,
  extend_info TEXT,
  given_at BIGINT NOT NULL,
  retired_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX kmc_history_holder ON kmc_history (ca, user_cert_no);
CREATE UNIQUE INDEX kmc_history_public_key ON kmc_history (public_key);

-- The three stores are counted as pairs move, not when somebody asks.
CREATE TABLE kmc_count (
  store TEXT PRIMARY KEY CHECK (store IN ('spare', 'in-use', 'history')),
  pairs BIGINT NOT NULL
);
INSERT INTO kmc_count (store, pairs) VALUES ('spare', 0), ('in-use', 0), ('history', 0);

-- What was answered to a CA's task; the same task gets the same bytes.
CREATE TABLE kmc_task (
  ca TEXT NOT NULL,
  task_no TEXT NOT NULL,
  request_digest TEXT NOT NULL,
  respond BYTEA NOT NULL,
  answered_at BIGINT NOT NULL,
  PRIMARY KEY (ca, task_no)
);

-- The device's backup as it was split: encrypted, worthless without the shares. Its head carries the commitments by which a share is verified.
CREATE TABLE kmc_backup (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  made_at BIGINT NOT NULL,
  backup BYTEA NOT NULL
);

-- What the KM organisation's key has signed. A serial is committed before it is used.
CREATE TABLE kmc_certificate (
  serial TEXT PRIMARY KEY,
  profile TEXT NOT NULL,
  subject TEXT NOT NULL,
  reserved_at BIGINT NOT NULL,
  certificate BYTEA
);
