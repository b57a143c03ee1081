-- Approved lines of batches on their way to the CA: many travel in one sealed order, one such order at a time. ordered: the order's id; null: waits for the next.
CREATE TABLE ra_ordering (
    application TEXT PRIMARY KEY,
    ordered     TEXT
);
CREATE INDEX ra_ordering_ordered ON ra_ordering (ordered, application);

-- 6.2.2.2-b: whether refusals reach the applicant in time is measured by what was told when.
CREATE INDEX ra_notices_refused ON ra_notices (made_at, application) WHERE template = 'refused';
