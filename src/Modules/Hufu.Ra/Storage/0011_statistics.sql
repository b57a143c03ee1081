-- Figures are kept, not counted: how many applications stand where, and what came into which state on which day (days since 1970-01-01 in policy's time zone).
CREATE TABLE ra_standing (
    office       TEXT NOT NULL,
    profile      TEXT NOT NULL,
    state        TEXT NOT NULL,
    applications BIGINT NOT NULL,
    PRIMARY KEY (office, profile, state)
);
INSERT INTO ra_standing (office, profile, state, applications) SELECT office, profile, state, COUNT(*) FROM ra_applications GROUP BY office, profile, state;
CREATE TABLE ra_moves (
    day          BIGINT NOT NULL,
    office       TEXT NOT NULL,
    profile      TEXT NOT NULL,
    path         TEXT NOT NULL,
    state        TEXT NOT NULL,
    applications BIGINT NOT NULL,
    PRIMARY KEY (day, office, profile, path, state)
);

-- Other orders of the queues. Only what waits for somebody is in these indexes: a ten-million row table has them small.
CREATE INDEX ra_applications_waiting ON ra_applications (state, waiting_since, id, entered_by) WHERE state IN ('Submitted', 'Entered', 'Excepted');
CREATE INDEX ra_applications_waiting_profile ON ra_applications (state, profile, waiting_since, id, entered_by) WHERE state IN ('Submitted', 'Entered', 'Excepted');
CREATE INDEX ra_applications_waiting_office ON ra_applications (state, office, waiting_since, id, entered_by) WHERE state IN ('Submitted', 'Entered', 'Excepted');
CREATE INDEX ra_applications_named ON ra_applications (state, title, id, entered_by) WHERE state IN ('Submitted', 'Entered', 'Excepted');
CREATE INDEX ra_applications_named_profile ON ra_applications (state, profile, title, id, entered_by) WHERE state IN ('Submitted', 'Entered', 'Excepted');
CREATE INDEX ra_applications_named_office ON ra_applications (state, office, title, id, entered_by) WHERE state IN ('Submitted', 'Entered', 'Excepted');
CREATE INDEX ra_applications_typed_office ON ra_applications (state, office, profile, due_at, id, entered_by) WHERE state IN ('Submitted', 'Entered', 'Excepted');
