-- What is on record of a hand-over (6.6.2.1-b): by whom, when, in which kind of module, in which tamper-evident pack (null: made in the holder's sight), and the SM3 of the signed receipt's scan.
ALTER TABLE ra_deliveries ADD COLUMN handed_by TEXT;
ALTER TABLE ra_deliveries ADD COLUMN handed_at BIGINT;
ALTER TABLE ra_deliveries ADD COLUMN medium_kind TEXT;
ALTER TABLE ra_deliveries ADD COLUMN pack TEXT;
ALTER TABLE ra_deliveries ADD COLUMN receipt_scan TEXT;

-- With the state in front, or SQLite's planner rather takes the queue's index and sorts.
DROP INDEX ra_applications_issued;
DROP INDEX ra_applications_issued_office;
CREATE INDEX ra_applications_issued ON ra_applications (state, waiting_since, id) WHERE state = 'Issued';
CREATE INDEX ra_applications_issued_office ON ra_applications (state, office, waiting_since, id) WHERE state = 'Issued';

-- The index by kind serves what this one did, and no planner can take the worse of two.
DROP INDEX ra_cases_state;
