-- The private fields of an entry, sealed under the room's device; the others stand in 'fields'.
ALTER TABLE hosting_register_entries ADD COLUMN sealed BYTEA;
