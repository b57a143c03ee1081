-- Lists for staff, read by index at any size: since when a fee is where it is, which office it belongs to, how it was paid, and why it is to be given back (sealed).
ALTER TABLE ra_fees ADD COLUMN moved_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ra_fees ADD COLUMN office TEXT NOT NULL DEFAULT 'centre';
ALTER TABLE ra_fees ADD COLUMN means TEXT;
ALTER TABLE ra_fees ADD COLUMN refund_reason BYTEA;
ALTER TABLE ra_fees ADD COLUMN operators_fault BIGINT;
UPDATE ra_fees SET moved_at = COALESCE(refunded_at, paid_at, (SELECT created_at FROM ra_applications WHERE ra_applications.id = ra_fees.application), 0),
    office = COALESCE((SELECT office FROM ra_applications WHERE ra_applications.id = ra_fees.application), 'centre');
CREATE INDEX ra_fees_state ON ra_fees (state, moved_at, application);
CREATE INDEX ra_fees_office ON ra_fees (office, state, moved_at, application);

-- Demands for private data: by office and state, and who entered them (null before this version: the log knows).
ALTER TABLE ra_disclosures ADD COLUMN office TEXT NOT NULL DEFAULT 'centre';
ALTER TABLE ra_disclosures ADD COLUMN entered_by TEXT;
UPDATE ra_disclosures SET office = COALESCE((SELECT office FROM ra_applications WHERE ra_applications.id = ra_disclosures.application), 'centre');
CREATE INDEX ra_disclosures_state ON ra_disclosures (state, entered_at, id);
CREATE INDEX ra_disclosures_office ON ra_disclosures (office, state, entered_at, id);
