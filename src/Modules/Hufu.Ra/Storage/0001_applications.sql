-- Applications (申请): one row each, whatever becomes of it. Private data lies sealed in fields (7.2.4-a); title is what the certificate will show.
CREATE TABLE ra_applications (
    id                TEXT PRIMARY KEY,
    profile           TEXT NOT NULL,
    state             TEXT NOT NULL,
    title             TEXT NOT NULL,
    fields            BYTEA NOT NULL,
    request           BYTEA NOT NULL,
    key_digest        TEXT NOT NULL,
    data_digest       TEXT NOT NULL,
    holder            TEXT NOT NULL,
    renewal_of        TEXT,
    publish           BIGINT NOT NULL,
    agreement_version TEXT NOT NULL,
    agreement_at      BIGINT NOT NULL,
    token_digest      TEXT NOT NULL,
    created_at        BIGINT NOT NULL,
    waiting_since     BIGINT NOT NULL,
    due_at            BIGINT NOT NULL,
    reason            TEXT,
    signing_serial    TEXT,
    encryption_serial TEXT
);
CREATE INDEX ra_applications_queue ON ra_applications (state, due_at, id);
CREATE UNIQUE INDEX ra_applications_serial ON ra_applications (signing_serial);
CREATE INDEX ra_applications_key ON ra_applications (key_digest);
CREATE INDEX ra_applications_renewal ON ra_applications (renewal_of);

-- Papers (证明材料); the files lie in the evidence store under their digest.
CREATE TABLE ra_evidence (
    application TEXT NOT NULL,
    kind        TEXT NOT NULL,
    digest      TEXT NOT NULL,
    size        BIGINT NOT NULL,
    media_type  TEXT NOT NULL,
    stored_at   BIGINT NOT NULL,
    PRIMARY KEY (application, kind)
);

-- What clerk and vetter did, as they signed it; the payload lies sealed.
CREATE TABLE ra_staff_acts (
    application TEXT NOT NULL,
    step        TEXT NOT NULL,
    person      TEXT NOT NULL,
    statement   TEXT NOT NULL,
    signature   BYTEA NOT NULL,
    certificate BYTEA NOT NULL,
    payload     BYTEA NOT NULL,
    done_at     BIGINT NOT NULL,
    PRIMARY KEY (application, step)
);

-- Challenge phrases (挑战语), stored like passwords.
CREATE TABLE ra_challenges (
    application TEXT PRIMARY KEY,
    salt        BYTEA NOT NULL,
    iterations  BIGINT NOT NULL,
    hash        BYTEA NOT NULL,
    tries_left  BIGINT NOT NULL,
    tried_at    BIGINT NOT NULL DEFAULT 0
);

-- Delivery (领取): the pair, its one-time code, and the receipt.
CREATE TABLE ra_deliveries (
    application  TEXT PRIMARY KEY,
    pair         BYTEA NOT NULL,
    code_digest  TEXT NOT NULL,
    expires_at   BIGINT NOT NULL,
    tries_left   BIGINT NOT NULL,
    used_at      BIGINT,
    receipt      TEXT,
    accepted_at  BIGINT,
    signature    BYTEA
);

-- Revocations (撤销): asked for once, ordered through the outbox, with the moment once the CA has revoked.
CREATE TABLE ra_revocations (
    application TEXT PRIMARY KEY,
    reason      TEXT NOT NULL,
    asked_at    BIGINT,
    revoked_at  BIGINT
);

-- Notices (通知): kept, retried, with their delivery state; address and body lie sealed.
CREATE TABLE ra_notices (
    id          TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    address     BYTEA NOT NULL,
    subject     TEXT NOT NULL,
    body        BYTEA NOT NULL,
    state       TEXT NOT NULL,
    tries       BIGINT NOT NULL,
    next_at     BIGINT NOT NULL,
    made_at     BIGINT NOT NULL,
    sent_at     BIGINT
);
CREATE INDEX ra_notices_due ON ra_notices (state, next_at);
