-- Linking and cross certificates are no CAs of their own: they belong into the pairs of the CAs that they link (RFC 4523, crossCertificatePair). Certificates of CAs above ours are taken along in the chain.
ALTER TABLE publishing_authorities ADD COLUMN linking BIGINT NOT NULL DEFAULT 0;
UPDATE publishing_authorities SET linking = 1 WHERE ca LIKE '%-by-%' OR ca LIKE '%-above-%';
