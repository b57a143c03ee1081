-- Who had a hand in a case, in order, as the acts came; what happened before this table stands in the ledger only.
CREATE TABLE kmc_case_hand (
  case_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  act TEXT NOT NULL,
  person TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (case_id, number)
);

-- Who changed the storage key; null for changes before this column.
ALTER TABLE kmc_storage_key ADD COLUMN changed_by TEXT;
