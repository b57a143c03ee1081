-- Which profiles take keys of another algorithm than SM2, as the RAs were last told (ProfileKeysSet).
CREATE TABLE ca_profile_keys (
    profile   TEXT NOT NULL PRIMARY KEY,
    algorithm TEXT NOT NULL
);
