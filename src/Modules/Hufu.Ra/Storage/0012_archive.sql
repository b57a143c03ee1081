-- Ended applications in the order in which they ended: what goes into the next package of the archive (class evidence).
CREATE INDEX ra_applications_ended ON ra_applications (waiting_since, id) WHERE state IN ('Refused', 'Withdrawn', 'Accepted', 'Revoked');
