-- Changes of profiles: proposed by one person, decided by another. digest: what an approval signs, over base and difference. state: proposed, approved, refused. The versions in force stand in governance_profiles.
CREATE TABLE ca_profile_changes (
    id          TEXT   NOT NULL PRIMARY KEY,
    profile     TEXT   NOT NULL,
    base        TEXT   NOT NULL,
    text        TEXT   NOT NULL,
    difference  TEXT   NOT NULL,
    digest      TEXT   NOT NULL,
    words       TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    proposer    TEXT   NOT NULL,
    person      TEXT   NOT NULL,
    proposed_at BIGINT NOT NULL,
    decider     TEXT   NULL,
    decided_at  BIGINT NULL,
    decision    TEXT   NULL,
    version     BIGINT NULL
);

CREATE INDEX ca_profile_changes_waiting ON ca_profile_changes (profile) WHERE state = 'proposed';
