-- What became of an application, step by step; notes lie sealed, they may name people.
CREATE TABLE ra_steps (
    application TEXT NOT NULL,
    number      BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    what        TEXT NOT NULL,
    by_whom     TEXT NOT NULL,
    note        BYTEA,
    PRIMARY KEY (application, number)
);

-- Half-filled forms (草稿), sealed; deleted when nobody comes back.
CREATE TABLE ra_drafts (
    id           TEXT PRIMARY KEY,
    token_digest TEXT NOT NULL,
    profile      TEXT NOT NULL,
    fields       BYTEA NOT NULL,
    saved_at     BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX ra_drafts_expiry ON ra_drafts (expires_at);

-- Keys of the room that are no device keys, sealed under one that is.
CREATE TABLE ra_keys (
    name  TEXT PRIMARY KEY,
    value BYTEA NOT NULL
);

ALTER TABLE ra_deliveries ADD COLUMN confirmed_at BIGINT;
ALTER TABLE ra_deliveries ADD COLUMN codes_made BIGINT NOT NULL DEFAULT 1;
ALTER TABLE ra_deliveries ADD COLUMN received_by BYTEA;
ALTER TABLE ra_deliveries ADD COLUMN medium TEXT;
