-- Events that holders are told of (7.2.6-b): how far the telling is, by application number; done_at once all are told.
CREATE TABLE ra_events (
    id      TEXT PRIMARY KEY,
    what    TEXT NOT NULL,
    profile TEXT,
    told_to TEXT NOT NULL,
    told    BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    done_at BIGINT
);
