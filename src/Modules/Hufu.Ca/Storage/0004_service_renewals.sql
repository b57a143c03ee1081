-- Rooms that ask for a certificate to follow one of theirs (R18): noted with the fact's receipt, carried out afterwards. An old certificate is followed once.
-- state: waiting, done, refused. key: SM3 of the SubjectPublicKeyInfo that was certified.
CREATE TABLE ca_service_renewals (
    id         TEXT   NOT NULL PRIMARY KEY,
    sender     TEXT   NOT NULL,
    room       TEXT   NOT NULL,
    use        TEXT   NOT NULL,
    old_serial TEXT   NOT NULL,
    request    BYTEA  NOT NULL,
    state      TEXT   NOT NULL,
    key        TEXT   NULL,
    issuer     TEXT   NULL,
    serial     TEXT   NULL,
    asked_at   BIGINT NOT NULL
);

CREATE INDEX ca_service_renewals_waiting ON ca_service_renewals (asked_at) WHERE state = 'waiting';
CREATE UNIQUE INDEX ca_service_renewals_done ON ca_service_renewals (old_serial) WHERE state = 'done' AND serial IS NOT NULL;
