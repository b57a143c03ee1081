-- Which keys a split backup holds (6.6.2.2-c): SM3 of the SubjectPublicKeyInfo. Backups of before this table are taken to hold the CAs' keys that were certified until then.
CREATE TABLE ca_backup_keys (
    backup BIGINT NOT NULL,
    key    TEXT   NOT NULL,
    label  TEXT   NOT NULL,
    PRIMARY KEY (backup, key)
);

-- The act that split it and what was answered: shares that are lost with a connection are given again for the same act, enveloped to their holders as before.
ALTER TABLE ca_backups ADD COLUMN act TEXT NULL;
ALTER TABLE ca_backups ADD COLUMN reply BYTEA NULL;
