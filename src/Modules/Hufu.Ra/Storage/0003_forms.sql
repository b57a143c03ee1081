-- How an application came, and where it belongs; papers with the time that they count for renewals; papers asked for beyond the form.
ALTER TABLE ra_applications ADD COLUMN channel TEXT NOT NULL DEFAULT 'Online';
ALTER TABLE ra_applications ADD COLUMN office TEXT NOT NULL DEFAULT 'centre';
ALTER TABLE ra_applications ADD COLUMN batch TEXT;
ALTER TABLE ra_applications ADD COLUMN not_after BIGINT;
ALTER TABLE ra_applications ADD COLUMN rekey BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ra_evidence ADD COLUMN valid_until BIGINT;

DROP INDEX ra_applications_queue;
CREATE INDEX ra_applications_queue ON ra_applications (state, due_at, id);
CREATE INDEX ra_applications_queue_profile ON ra_applications (state, profile, due_at, id);
CREATE INDEX ra_applications_queue_office ON ra_applications (state, office, due_at, id);
CREATE INDEX ra_applications_batch ON ra_applications (batch, id);
CREATE INDEX ra_applications_end ON ra_applications (not_after, id);
CREATE INDEX ra_applications_holder ON ra_applications (holder, id);
CREATE INDEX ra_applications_title ON ra_applications (title, id);

CREATE TABLE ra_papers_asked (
    application TEXT NOT NULL,
    kind        TEXT NOT NULL,
    why         BYTEA NOT NULL,
    asked_at    BIGINT NOT NULL,
    PRIMARY KEY (application, kind)
);

-- 注册机构、地区注册机构、受理点: a tree (3.9-a). path holds the ids from the root down, each followed by a slash.
CREATE TABLE ra_offices (
    id        TEXT PRIMARY KEY,
    parent    TEXT,
    kind      TEXT NOT NULL,
    name      TEXT NOT NULL,
    address   TEXT NOT NULL,
    path      TEXT NOT NULL,
    profiles  TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT
);
INSERT INTO ra_offices (id, parent, kind, name, address, path, profiles, opened_at) VALUES ('centre', NULL, 'Centre', '注册中心', '', 'centre/', '', 0);

-- Who works where; whoever stands in no row works at the centre.
CREATE TABLE ra_office_staff (
    person TEXT PRIMARY KEY,
    office TEXT NOT NULL,
    since  BIGINT NOT NULL
);
