-- The row of a record is its line and nothing else: what it says is not stored twice, and appending touches one place of the disk.
CREATE TABLE ledger_line (
  sequence BIGINT PRIMARY KEY,
  -- Bytes of records.jsonl up to and with this line.
  ends BIGINT NOT NULL,
  line BYTEA NOT NULL
);
INSERT INTO ledger_line (sequence, ends, line) SELECT sequence, ends, line FROM ledger_record;
DROP TABLE ledger_record;
ALTER TABLE ledger_line RENAME TO ledger_record;

-- What searching goes by, made afterwards from whole segments of the log: of a field's values that fall on a page (by their digest), where in the segment they stand.
CREATE TABLE ledger_index (
  field BIGINT NOT NULL,
  page BIGINT NOT NULL,
  segment BIGINT NOT NULL,
  entries BYTEA NOT NULL,
  PRIMARY KEY (field, page, segment)
);
