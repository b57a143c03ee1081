-- When an application's records begin to count for their retention (6.6.1.5-b): the end of its certificate, its revocation, its withdrawal; a year after the last word on what was never taken up again. Null while it is alive.
ALTER TABLE ra_applications ADD COLUMN ended_at BIGINT;
UPDATE ra_applications SET ended_at = CASE WHEN state IN ('Revoked', 'Withdrawn') THEN waiting_since WHEN state IN ('Issued', 'Accepted') THEN not_after WHEN state IN ('Draft', 'Refused') THEN waiting_since + 31536000000 END;
ALTER TABLE ra_applications ADD COLUMN papers_destroyed_at BIGINT;
CREATE INDEX ra_applications_retention ON ra_applications (ended_at, id) WHERE papers_destroyed_at IS NULL;
CREATE INDEX ra_evidence_digest ON ra_evidence (digest);
CREATE INDEX ra_notices_letter ON ra_notices (letter) WHERE letter IS NOT NULL;
CREATE INDEX ra_disclosures_application ON ra_disclosures (application, state);

-- Proposals to destroy papers whose retention has ended: proposed, approved, destroyed.
CREATE TABLE ra_destructions (
    id          TEXT PRIMARY KEY,
    state       TEXT NOT NULL,
    digest      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    done_at     BIGINT
);
CREATE TABLE ra_destruction_items (
    destruction TEXT NOT NULL,
    application TEXT NOT NULL,
    PRIMARY KEY (destruction, application)
);
-- Files that no row names any more and that are still to be erased.
CREATE TABLE ra_erasures (
    digest     TEXT PRIMARY KEY,
    ordered_at BIGINT NOT NULL
);
-- Who has had a hand in a proposal: three different people.
CREATE TABLE ra_destruction_hands (
    destruction TEXT NOT NULL,
    person      TEXT NOT NULL,
    PRIMARY KEY (destruction, person)
);
