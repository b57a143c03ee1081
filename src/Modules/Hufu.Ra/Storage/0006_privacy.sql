-- What third-party sources said: evidence; the words lie sealed.
CREATE TABLE ra_source_answers (
    id          TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    source      TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    simulated   BIGINT NOT NULL,
    asked_at    BIGINT NOT NULL,
    what        BYTEA NOT NULL
);
CREATE INDEX ra_source_answers_application ON ra_source_answers (application, asked_at);

-- Holders' corrections with what stood there before, sealed.
CREATE TABLE ra_data_changes (
    id           TEXT PRIMARY KEY,
    application  TEXT NOT NULL,
    at           BIGINT NOT NULL,
    field        TEXT NOT NULL,
    before_after BYTEA NOT NULL
);
CREATE INDEX ra_data_changes_application ON ra_data_changes (application, at);

-- Private data that was given to others: to whom and on which papers lies sealed.
CREATE TABLE ra_disclosures (
    id          TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    ground      TEXT NOT NULL,
    demand      BYTEA NOT NULL,
    state       TEXT NOT NULL,
    entered_at  BIGINT NOT NULL,
    released_at BIGINT
);

-- Fees (7.2.1), in fen.
CREATE TABLE ra_fees (
    application TEXT PRIMARY KEY,
    amount      BIGINT NOT NULL,
    state       TEXT NOT NULL,
    paid_at     BIGINT,
    reference   TEXT,
    refunded_at BIGINT
);
