-- Revocations are events: a suspension (certificateHold, 6), its lifting (removeFromCRL, 8), a revocation for good. The newest of a serial is live; none is deleted.
-- part: the part of the partitioned CRL into which the certificate was issued, 0 for none. authority: 1 for a CA's certificate (ARL).
-- due_at: when it had to be done at the latest (6.2.7.3); listed_at: thisUpdate of the first CRL that had it.
ALTER TABLE ca_revocations ADD COLUMN live BIGINT NOT NULL DEFAULT 1;
ALTER TABLE ca_revocations ADD COLUMN part BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ca_revocations ADD COLUMN authority BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ca_revocations ADD COLUMN ground TEXT NULL;
ALTER TABLE ca_revocations ADD COLUMN asker TEXT NULL;
ALTER TABLE ca_revocations ADD COLUMN due_at BIGINT NULL;
ALTER TABLE ca_revocations ADD COLUMN listed_at BIGINT NULL;

DROP INDEX ca_revocations_serial;
CREATE UNIQUE INDEX ca_revocations_live ON ca_revocations (issuer, serial) WHERE live = 1;
-- Lists are read from these indexes alone, in the order in which they are written.
CREATE INDEX ca_revocations_list ON ca_revocations (issuer, serial, not_after, revoked_at, reason, invalid_from) WHERE live = 1 AND reason <> 8;
CREATE INDEX ca_revocations_parts ON ca_revocations (issuer, part, serial, not_after, revoked_at, reason, invalid_from) WHERE live = 1 AND reason <> 8 AND part > 0;
CREATE INDEX ca_revocations_authorities ON ca_revocations (issuer, serial, not_after, revoked_at, reason, invalid_from) WHERE live = 1 AND reason <> 8 AND authority = 1;
CREATE INDEX ca_revocations_unlisted ON ca_revocations (issuer, number) WHERE listed_at IS NULL;
CREATE INDEX ca_revocations_requested ON ca_revocations (requested_at);

-- R08's own view of what is revoked: kept with the certificate, not with the list's rows.
ALTER TABLE ca_certificates ADD COLUMN part BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ca_certificates ADD COLUMN revoked BIGINT NOT NULL DEFAULT 0;
UPDATE ca_certificates SET revoked = 1 WHERE EXISTS (SELECT 1 FROM ca_revocations r WHERE r.issuer = ca_certificates.issuer AND r.serial = ca_certificates.serial);
UPDATE ca_revocations SET authority = 1 WHERE EXISTS (SELECT 1 FROM ca_certificates c WHERE c.issuer = ca_revocations.issuer AND c.serial = ca_revocations.serial AND c.kind = 'authority');
CREATE INDEX ca_certificates_revoked ON ca_certificates (issuer, serial, not_after) WHERE revoked = 1;
CREATE INDEX ca_certificates_revoked_part ON ca_certificates (issuer, part, serial, not_after) WHERE revoked = 1 AND part > 0;
CREATE INDEX ca_certificates_revoked_authority ON ca_certificates (issuer, serial, not_after) WHERE revoked = 1 AND kind = 'authority';
CREATE INDEX ca_certificates_holder ON ca_certificates (holder, issued_at);

-- CRLs by scope ('' all, 'pN' a part, 'arl' CA certificates) and number; full and delta of a scope count on together (RFC 5280 5.2.3).
-- events: the newest revocation event that it saw, null where that was not kept. file: its name under the room's folder crls; der only where it was made before files.
ALTER TABLE ca_crls RENAME TO ca_crls_0001;
CREATE TABLE ca_crls (
    issuer      TEXT   NOT NULL,
    scope       TEXT   NOT NULL,
    number      BIGINT NOT NULL,
    kind        TEXT   NOT NULL,
    base        BIGINT NULL,
    regular     BIGINT NOT NULL,
    this_update BIGINT NOT NULL,
    next_update BIGINT NOT NULL,
    entries     BIGINT NOT NULL,
    length      BIGINT NOT NULL,
    digest      TEXT   NOT NULL,
    events      BIGINT NULL,
    file        TEXT   NULL,
    der         BYTEA  NULL,
    PRIMARY KEY (issuer, scope, number)
);
INSERT INTO ca_crls (issuer, scope, number, kind, base, regular, this_update, next_update, entries, length, digest, events, file, der)
    SELECT issuer, '', number, 'Full', NULL, regular, this_update, next_update, entries, length(der), digest, NULL, NULL, der FROM ca_crls_0001;
DROP TABLE ca_crls_0001;

-- Alarms: one open of a kind and object at a time; what cleared itself stays as history.
CREATE TABLE ca_alarms (
    number     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       TEXT   NOT NULL,
    object     TEXT   NOT NULL,
    words      TEXT   NOT NULL,
    raised_at  BIGINT NOT NULL,
    cleared_at BIGINT NULL
);

CREATE UNIQUE INDEX ca_alarms_open ON ca_alarms (kind, object) WHERE cleared_at IS NULL;

-- Several CAs. line: successors of one another, by key change, form a line and bear one subject; the active one of a line issues. state: active, closing (its key is followed by another and signs
-- CRLs only), revoked, ended. parent: the name of the CA above it; null for a self-signed root and where the CA above is not ours. online: 0 when its key is in another place.
ALTER TABLE ca_authorities ADD COLUMN line TEXT NOT NULL DEFAULT 'operational';
ALTER TABLE ca_authorities ADD COLUMN state TEXT NOT NULL DEFAULT 'Active';
ALTER TABLE ca_authorities ADD COLUMN parent TEXT NULL;
ALTER TABLE ca_authorities ADD COLUMN online BIGINT NOT NULL DEFAULT 1;
UPDATE ca_authorities SET line = name, parent = CASE name WHEN 'root' THEN NULL ELSE 'root' END;

-- Which CA an intent is for, and into which part of its partitioned CRL.
ALTER TABLE ca_intents ADD COLUMN issuer TEXT NOT NULL DEFAULT 'operational';
ALTER TABLE ca_intents ADD COLUMN part BIGINT NOT NULL DEFAULT 0;
