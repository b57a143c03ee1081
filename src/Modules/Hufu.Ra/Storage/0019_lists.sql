-- Cases by office, each order and kind an index of its own; proposals to destroy papers by state; what was issued and waits for its holder.
ALTER TABLE ra_cases ADD COLUMN office TEXT NOT NULL DEFAULT 'centre';
UPDATE ra_cases SET office = COALESCE((SELECT office FROM ra_applications WHERE ra_applications.id = ra_cases.application), 'centre');
CREATE INDEX ra_cases_due ON ra_cases (state, kind, due_at, id);
CREATE INDEX ra_cases_asked ON ra_cases (state, kind, asked_at, id);
CREATE INDEX ra_cases_office_due ON ra_cases (office, state, kind, due_at, id);
CREATE INDEX ra_cases_office_asked ON ra_cases (office, state, kind, asked_at, id);

ALTER TABLE ra_destructions ADD COLUMN applications BIGINT NOT NULL DEFAULT 0;
UPDATE ra_destructions SET applications = (SELECT COUNT(*) FROM ra_destruction_items WHERE ra_destruction_items.destruction = ra_destructions.id);
CREATE INDEX ra_destructions_state ON ra_destructions (state, proposed_at, id);

CREATE INDEX ra_applications_issued ON ra_applications (waiting_since, id) WHERE state = 'Issued';
CREATE INDEX ra_applications_issued_office ON ra_applications (office, waiting_since, id) WHERE state = 'Issued';
