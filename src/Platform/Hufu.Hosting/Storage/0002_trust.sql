-- What auditors say of records: beside the record, never in it. The room's own ledger, or one that its auditors look after.
CREATE TABLE hosting_audit_marks (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ledger TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  leaf TEXT NOT NULL,
  kind TEXT NOT NULL,
  words TEXT NOT NULL,
  person TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX hosting_audit_marks_record ON hosting_audit_marks (ledger, sequence);
CREATE INDEX hosting_audit_marks_kind ON hosting_audit_marks (ledger, kind, sequence);

-- Months whose review is concluded; summary and signature are pieces of evidence.
CREATE TABLE hosting_audit_months (
  ledger TEXT NOT NULL,
  month TEXT NOT NULL,
  person TEXT NOT NULL,
  at BIGINT NOT NULL,
  records BIGINT NOT NULL,
  anomalies BIGINT NOT NULL,
  summary TEXT NOT NULL,
  signature BYTEA NOT NULL,
  PRIMARY KEY (ledger, month)
);

-- Manual registers. Private fields stand here and, sealed, in the ledger.
CREATE TABLE hosting_register_entries (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type TEXT NOT NULL,
  place BIGINT NOT NULL,
  person TEXT NOT NULL,
  at BIGINT NOT NULL,
  fields TEXT NOT NULL,
  paper_at TEXT,
  corrects BIGINT,
  UNIQUE (type, place)
);
CREATE INDEX hosting_register_entries_time ON hosting_register_entries (type, at);
CREATE TABLE hosting_register_scans (
  digest TEXT NOT NULL,
  type TEXT NOT NULL,
  place BIGINT NOT NULL,
  media_type TEXT,
  size BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (digest, type, place)
);
CREATE INDEX hosting_register_scans_entry ON hosting_register_scans (type, place);

-- Sealed packages.
CREATE TABLE hosting_archive_packages (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  class TEXT NOT NULL,
  state TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  person TEXT NOT NULL,
  covers TEXT NOT NULL,
  covers_until BIGINT NOT NULL,
  kept_until BIGINT NOT NULL,
  held TEXT,
  stamped_at BIGINT,
  files BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  root TEXT NOT NULL,
  manifest TEXT NOT NULL,
  -- Where the next package of the class goes on.
  upto TEXT NOT NULL
);
CREATE INDEX hosting_archive_packages_class ON hosting_archive_packages (class, number);
