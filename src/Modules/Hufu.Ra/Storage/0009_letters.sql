-- Notices: by which template, and the letter: null when none is wanted, empty until it is printed, then the SM3 under which it lies in the evidence store.
ALTER TABLE ra_notices ADD COLUMN template TEXT;
ALTER TABLE ra_notices ADD COLUMN letter TEXT;
CREATE INDEX ra_notices_application ON ra_notices (application, made_at);

-- Subscriber agreements (订户协议): every version that was ever in force, with its text; a version's text never changes. Applications name the version that was accepted, and when.
CREATE TABLE ra_agreements (
    version     TEXT PRIMARY KEY,
    digest      TEXT NOT NULL,
    text        TEXT NOT NULL,
    in_force_at BIGINT NOT NULL
);

-- Call backs by code: a short message to a number that the vetter has found, with its origin; answered by whoever has the telephone. Number, origin and code lie sealed.
CREATE TABLE ra_call_backs (
    id          TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    check_id    TEXT NOT NULL,
    content     BYTEA NOT NULL,
    until       BIGINT NOT NULL,
    tries_left  BIGINT NOT NULL,
    asked_by    TEXT NOT NULL,
    asked_at    BIGINT NOT NULL,
    answered_at BIGINT
);
CREATE INDEX ra_call_backs_application ON ra_call_backs (application, asked_at);
