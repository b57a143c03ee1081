-- When the CA itself had revoked it, beside when it became void here: what lies between is somebody's duty.
ALTER TABLE staff_certificates ADD COLUMN authority_revoked_at BIGINT;
