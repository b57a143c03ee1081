-- 撤销、挂起、解挂、密钥恢复 on somebody's request: entered by one person, decided by another, with their clocks. Reasons and proofs lie sealed.
CREATE TABLE ra_cases (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL,
    application  TEXT NOT NULL,
    serial       TEXT NOT NULL,
    asker        TEXT NOT NULL,
    ground       TEXT,
    invalid_from BIGINT,
    asked_at     BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    reason       BYTEA NOT NULL,
    proof        BYTEA,
    entered_by   TEXT NOT NULL,
    outcome      TEXT,
    done_at      BIGINT
);
CREATE INDEX ra_cases_state ON ra_cases (state, due_at, id);
CREATE INDEX ra_cases_serial ON ra_cases (serial, kind);

-- Reminders that went out, so that each goes out once.
CREATE TABLE ra_reminders (
    object TEXT NOT NULL,
    kind   TEXT NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (object, kind)
);
