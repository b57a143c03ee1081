-- Keys of this room's own that lie sealed under its device: what the holder columns are keyed with (decision 0030).
CREATE TABLE ca_keyring (
    name  TEXT  NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);
