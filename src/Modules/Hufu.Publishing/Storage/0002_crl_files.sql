-- A CRL that came in pieces lies in the room's folder crls under its digest; der is empty then.
ALTER TABLE publishing_crls ADD COLUMN file TEXT NULL;
