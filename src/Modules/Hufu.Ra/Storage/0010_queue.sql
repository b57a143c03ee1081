-- Who entered an application stands beside its state: a vetter's queue leaves out what they entered themselves (R15) from its index alone, without a look-up for each row. The decision still asks ra_staff_acts.
ALTER TABLE ra_applications ADD COLUMN entered_by TEXT;
UPDATE ra_applications SET entered_by = (SELECT person FROM ra_staff_acts WHERE ra_staff_acts.application = ra_applications.id AND step = 'entry');
DROP INDEX ra_applications_queue;
DROP INDEX ra_applications_queue_profile;
DROP INDEX ra_applications_queue_office;
CREATE INDEX ra_applications_queue ON ra_applications (state, due_at, id, entered_by);
CREATE INDEX ra_applications_queue_profile ON ra_applications (state, profile, due_at, id, entered_by);
CREATE INDEX ra_applications_queue_office ON ra_applications (state, office, due_at, id, entered_by);
