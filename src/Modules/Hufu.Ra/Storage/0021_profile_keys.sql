-- Which types take keys of another algorithm than SM2, as the CA has told (ProfileKeysSet).
CREATE TABLE ra_profile_keys (
    profile   TEXT NOT NULL PRIMARY KEY,
    algorithm TEXT NOT NULL
);
