-- The ledger (design decision 3): a record is one line of UTF-8 JSON; its leaf is SM3(00 || line). The columns beside the line are for searching only; the line is the record.
CREATE TABLE ledger_record (
  sequence BIGINT PRIMARY KEY,
  time BIGINT NOT NULL,
  actor TEXT NOT NULL,
  act TEXT NOT NULL,
  object TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('Done', 'Refused', 'Failed')),
  line BYTEA NOT NULL,
  leaf BYTEA NOT NULL,
  -- Bytes of records.jsonl up to and with this line.
  ends BIGINT NOT NULL
);
-- Time grows with the number, so the number's index serves for time too.
CREATE INDEX ledger_record_actor ON ledger_record (actor, sequence);
CREATE INDEX ledger_record_act ON ledger_record (act, sequence);
CREATE INDEX ledger_record_object ON ledger_record (object, sequence);
CREATE INDEX ledger_record_bad ON ledger_record (outcome, sequence) WHERE outcome <> 'Done';

-- Every eighth level of the tree, so that opening and proving read hundreds of hashes and not millions.
CREATE TABLE ledger_node (
  level BIGINT NOT NULL,
  position BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (level, position)
);

CREATE TABLE ledger_head (
  number BIGINT PRIMARY KEY,
  size BIGINT NOT NULL,
  line BYTEA NOT NULL,
  -- Bytes of heads.jsonl up to and with this line.
  ends BIGINT NOT NULL
);

-- Certificates that stand in the log already.
CREATE TABLE ledger_certificate (
  digest TEXT PRIMARY KEY,
  sequence BIGINT NOT NULL
);
