-- The root that a room was registered under, SM3 (hex): only what hangs from it follows the room's certificates. Null for registrations before this column.
ALTER TABLE messaging_peer ADD COLUMN root TEXT;

-- Certificates of rooms that were revoked: never a peer's again, neither by a fact nor by an act.
CREATE TABLE messaging_forgotten (
  digest TEXT PRIMARY KEY,
  at BIGINT NOT NULL
);
