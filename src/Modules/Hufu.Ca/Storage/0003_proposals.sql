-- Deeds about the installation's CAs: proposed by one person, approved and carried out by another. digest: SM3 of the proposal's JSON, which an approval signs.
CREATE TABLE ca_proposals (
    id          TEXT   NOT NULL PRIMARY KEY,
    body        BYTEA  NOT NULL,
    digest      TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    proposer    TEXT   NOT NULL,
    person      TEXT   NOT NULL,
    proposed_at BIGINT NOT NULL,
    reply       BYTEA  NULL
);

-- CAs whose certificate is to come from a CA above that is not here: the key is in the device, the request went out as a file.
CREATE TABLE ca_authority_requests (
    name      TEXT   NOT NULL PRIMARY KEY,
    line      TEXT   NOT NULL,
    key_label TEXT   NOT NULL,
    request   BYTEA  NOT NULL,
    asked_at  BIGINT NOT NULL
);

-- Linking and cross certificates.
CREATE TABLE ca_links (
    name        TEXT   NOT NULL PRIMARY KEY,
    certificate BYTEA  NOT NULL,
    made_at     BIGINT NOT NULL
);

-- The platform's own certificates by their end (R18), and figures by time.
CREATE INDEX ca_certificates_own ON ca_certificates (not_after) WHERE kind = 'service' OR kind = 'staff' OR kind = 'authority';
CREATE INDEX ca_certificates_issued ON ca_certificates (issued_at, profile);
CREATE INDEX ca_revocations_at ON ca_revocations (revoked_at);
