-- What a CA signs with: Sm2, its key in the room's device; P256, its key in the PKCS#11 token of the settings.
ALTER TABLE ca_authorities ADD COLUMN algorithm TEXT NOT NULL DEFAULT 'Sm2';
