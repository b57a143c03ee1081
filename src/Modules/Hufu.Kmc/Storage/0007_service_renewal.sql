-- The key centre's own certificates renewed by two people (decision 0050): what was signed for, by whom, and how far it is. Read at every start: what a crash has interrupted is completed from here.
CREATE TABLE kmc_service_renewal (
  number BIGINT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('reserved', 'renewed', 'in-force', 'refused')),
  act_digest TEXT NOT NULL,
  renewed_by TEXT NOT NULL,
  renewed_at BIGINT NOT NULL,
  decided_by TEXT,
  decided_at BIGINT
);

-- Its certificates: which one each follows, under which reserved serial, over which key of the device; null until it is signed.
CREATE TABLE kmc_service_certificate (
  renewal BIGINT NOT NULL,
  use_name TEXT NOT NULL,
  follows BYTEA NOT NULL,
  serial TEXT NOT NULL,
  public_key BYTEA NOT NULL,
  certificate BYTEA,
  PRIMARY KEY (renewal, use_name)
);

-- Alarms that were raised, once a certificate and threshold.
CREATE TABLE kmc_service_alarm (
  serial TEXT NOT NULL,
  days BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (serial, days)
);
