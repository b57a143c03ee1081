-- Drafts by when they were last moved: those of the past are withdrawn.
CREATE INDEX ra_applications_drafts ON ra_applications (waiting_since, id) WHERE state = 'Draft';
