-- Profiles changed by two people since the policy folder: every version, the newest in force. The CA's are its own; an RA's came by facts.
CREATE TABLE governance_profiles (
  profile TEXT NOT NULL,
  version BIGINT NOT NULL,
  text TEXT NOT NULL,
  digest TEXT NOT NULL,
  in_force_at BIGINT NOT NULL,
  proposed_by TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  words TEXT NOT NULL,
  PRIMARY KEY (profile, version)
);
