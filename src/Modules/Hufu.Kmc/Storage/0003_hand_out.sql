-- Which pair a CA's certificate number got, in whatever store it lies now, destroyed ones too. "slot" is 63 bits of SM3 over both, or the next free number: short entries in one tree, so that a
-- hand-out beside ten million pairs writes one page at a random place and no more.
CREATE TABLE kmc_holder (
  slot BIGINT PRIMARY KEY,
  pair BIGINT NOT NULL
);

-- R16: 63 bits of every public key that was ever made here, eight bytes each (big endian), a batch in one row, written with the batch. Read into memory: a key whose bits stand here is not taken
-- as a holder's signing key.
CREATE TABLE kmc_made (
  first BIGINT PRIMARY KEY,
  keys BYTEA NOT NULL
);

-- Set once the two tables above hold everything that was there before them.
CREATE TABLE kmc_indexed (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  at BIGINT NOT NULL
);

DROP INDEX kmc_in_use_holder;
DROP INDEX kmc_in_use_public_key;
DROP INDEX kmc_history_holder;
DROP INDEX kmc_history_public_key;
DROP INDEX kmc_destroyed_public_key;
DROP INDEX kmc_destroyed_holder;
