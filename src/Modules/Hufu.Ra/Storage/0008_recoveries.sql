-- Recoveries that go on to the key centre by themselves once they are approved: to which new key, the key centre's number and how far it is there. One row a case; the request lies sealed.
CREATE TABLE ra_recoveries (
    id              TEXT PRIMARY KEY,
    request         BYTEA NOT NULL,
    key_centre_case TEXT,
    key_centre      TEXT,
    code_until      BIGINT
);
