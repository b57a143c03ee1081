-- What must be on record of people while they hold roles: background checks, training, confirmations in office.
CREATE TABLE staff_fitness (
  person_id TEXT NOT NULL REFERENCES staff_people (id),
  kind TEXT NOT NULL,
  done_on BIGINT NOT NULL,
  evidence TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, kind, done_on)
);
-- Acts that wait for their second person: the request as it was sent.
CREATE TABLE acts_proposals (
  id TEXT PRIMARY KEY,
  act TEXT NOT NULL,
  object TEXT NOT NULL,
  payload TEXT NOT NULL,
  statement TEXT NOT NULL,
  signature BYTEA NOT NULL,
  person_id TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  closed_at BIGINT
);
CREATE INDEX acts_proposals_open ON acts_proposals (expires);
