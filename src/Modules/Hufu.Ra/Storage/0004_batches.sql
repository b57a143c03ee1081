-- 批量申请: an organisation's file, line by line. Lines lie sealed and are emptied once they are taken.
CREATE TABLE ra_batches (
    id                TEXT PRIMARY KEY,
    token_digest      TEXT NOT NULL,
    profile           TEXT NOT NULL,
    organisation      TEXT NOT NULL,
    office            TEXT NOT NULL,
    clerk             TEXT NOT NULL,
    file_digest       TEXT NOT NULL,
    agreement_version TEXT NOT NULL,
    publish           BIGINT NOT NULL,
    state             TEXT NOT NULL,
    lines             BIGINT NOT NULL DEFAULT 0,
    opened_at         BIGINT NOT NULL
);
CREATE INDEX ra_batches_state ON ra_batches (state, opened_at);

CREATE TABLE ra_batch_lines (
    batch       TEXT NOT NULL,
    line        BIGINT NOT NULL,
    state       TEXT NOT NULL,
    data        BYTEA,
    application TEXT,
    submitted   BIGINT NOT NULL DEFAULT 0,
    code        TEXT,
    field       TEXT,
    what        TEXT,
    PRIMARY KEY (batch, line)
);
CREATE INDEX ra_batch_lines_state ON ra_batch_lines (batch, state, line);
