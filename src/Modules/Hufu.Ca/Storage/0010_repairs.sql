-- Repairs of the platform's own ended certificates (R18): proposed and signed by people, then carried out in one transaction. digest: SM3 of the plan's JSON, which a signature is for.
-- state: open, approved, done, refused. result: what was certified. installed: the room's own new certificates are in use.
CREATE TABLE ca_repairs (
    id          TEXT   NOT NULL PRIMARY KEY,
    plan        BYTEA  NOT NULL,
    digest      TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    proposed_at BIGINT NOT NULL,
    result      BYTEA  NULL,
    installed   BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX ca_repairs_left ON ca_repairs (proposed_at) WHERE state = 'approved' OR (state = 'done' AND installed = 0);

-- Who signed, the proposer first: the roles held then, and whether the person's certificate had ended.
CREATE TABLE ca_repair_signatures (
    repair    TEXT   NOT NULL,
    number    BIGINT NOT NULL,
    person_id TEXT   NOT NULL,
    person    TEXT   NOT NULL,
    roles     TEXT   NOT NULL,
    ended     BIGINT NOT NULL,
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (repair, person_id)
);
