-- Hand-overs that name a signed receipt whose scan has not come: since when, by office; null once it is here.
ALTER TABLE ra_deliveries ADD COLUMN receipt_due BIGINT;
ALTER TABLE ra_deliveries ADD COLUMN office TEXT;
UPDATE ra_deliveries SET receipt_due = COALESCE(handed_at, 0), office = (SELECT office FROM ra_applications WHERE ra_applications.id = ra_deliveries.application)
WHERE receipt_scan IS NOT NULL AND EXISTS (SELECT 1 FROM ra_applications WHERE ra_applications.id = ra_deliveries.application AND papers_destroyed_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM ra_evidence WHERE ra_evidence.application = ra_deliveries.application AND ra_evidence.digest = ra_deliveries.receipt_scan);
CREATE INDEX ra_deliveries_receipt ON ra_deliveries (receipt_due, application) WHERE receipt_due IS NOT NULL;
CREATE INDEX ra_deliveries_receipt_office ON ra_deliveries (office, receipt_due, application) WHERE receipt_due IS NOT NULL;
