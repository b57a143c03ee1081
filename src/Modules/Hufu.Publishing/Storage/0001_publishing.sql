-- Certificates as the CA issued them: held until their holder accepts, withheld when the holder refused publication (6.2.4.2-a).
CREATE TABLE publishing_certificates (
    serial      TEXT PRIMARY KEY,
    ca          TEXT NOT NULL,
    name        TEXT,
    certificate BYTEA,
    not_after   BIGINT,
    accepted    BIGINT NOT NULL,
    publish     BIGINT NOT NULL,
    revoked_at  BIGINT
);
CREATE INDEX publishing_certificates_name ON publishing_certificates (name, serial);

-- CA certificates; the newest of a name is the current one.
CREATE TABLE publishing_authorities (
    ca          TEXT NOT NULL,
    digest      TEXT NOT NULL,
    certificate BYTEA NOT NULL,
    seen_at     BIGINT NOT NULL,
    PRIMARY KEY (ca, digest)
);

-- CRLs: the newest is served, old ones are kept by policy.
CREATE TABLE publishing_crls (
    ca          TEXT NOT NULL,
    number      BIGINT NOT NULL,
    this_update BIGINT NOT NULL,
    next_update BIGINT NOT NULL,
    der         BYTEA NOT NULL,
    PRIMARY KEY (ca, number)
);
