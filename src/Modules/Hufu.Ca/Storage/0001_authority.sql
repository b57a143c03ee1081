-- Tables of the certification authority (ca_*). Digests are SM3, 64 lower-case hex digits; serials are the DER content bytes in lower-case hex, whole (R11); times are Unix milliseconds UTC.

-- The CAs of this installation: root and operational.
CREATE TABLE ca_authorities (
    name        TEXT   NOT NULL PRIMARY KEY,
    key_label   TEXT   NOT NULL,
    certificate BYTEA  NOT NULL,
    not_before  BIGINT NOT NULL,
    not_after   BIGINT NOT NULL
);

-- The one initialisation: written in one transaction with everything that it made. A repeated request with the same digest gets the same reply.
CREATE TABLE ca_births (
    number         BIGINT NOT NULL PRIMARY KEY CHECK (number = 1),
    request_digest TEXT   NOT NULL,
    reply          BYTEA  NOT NULL,
    born_at        BIGINT NOT NULL
);

-- Public keys that this CA has certified, by SM3 of the SubjectPublicKeyInfo: a key belongs to one holder and one use for ever (R16).
CREATE TABLE ca_keys (
    spki_digest TEXT   NOT NULL PRIMARY KEY,
    holder      TEXT   NOT NULL,
    use         TEXT   NOT NULL,
    blocked     TEXT   NULL,
    first_at    BIGINT NOT NULL
);

-- Subject names, by SM3 of the Name: a name belongs to one holder (6.1.2-e).
CREATE TABLE ca_subjects (
    subject_digest TEXT   NOT NULL PRIMARY KEY,
    holder         TEXT   NOT NULL,
    subject        TEXT   NOT NULL,
    first_at       BIGINT NOT NULL
);

-- Intents: committed before anything is asked of the key centre or signed (R10). number is also the task number towards the key centre.
-- asked_from and asked_to are the validity told to the key centre: a task asked again says the same, whatever not_before has become.
-- claimed_key and claimed_name: digests that this intent was the first to claim, given back when it fails (R27).
-- state: open (step 3 is durable), written (step 7 is durable: TBS bytes linted and in the ledger), done (step 10 is durable), failed (never signed; serials are burnt).
CREATE TABLE ca_intents (
    number         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application    TEXT   NOT NULL,
    requester      TEXT   NOT NULL,
    order_digest   TEXT   NOT NULL,
    profile        TEXT   NOT NULL,
    holder         TEXT   NOT NULL,
    order_sealed   BYTEA  NULL,
    sign_serial    TEXT   NOT NULL,
    enc_serial     TEXT   NULL,
    not_before     BIGINT NOT NULL,
    not_after      BIGINT NOT NULL,
    asked_from     BIGINT NOT NULL,
    asked_to       BIGINT NOT NULL,
    claimed_key    TEXT   NULL,
    claimed_name   TEXT   NULL,
    state          TEXT   NOT NULL,
    sign_tbs       BYTEA  NULL,
    enc_tbs        BYTEA  NULL,
    enveloped_key  BYTEA  NULL,
    ledger_entry   BIGINT NULL,
    failure        TEXT   NULL,
    tries          BIGINT NOT NULL,
    opened_at      BIGINT NOT NULL,
    closed_at      BIGINT NULL
);

-- One request, one certificate (R03): an application has at most one intent that has not failed.
CREATE UNIQUE INDEX ca_intents_application ON ca_intents (requester, application) WHERE state <> 'failed';
CREATE UNIQUE INDEX ca_intents_sign_serial ON ca_intents (sign_serial);
CREATE INDEX ca_intents_unsettled ON ca_intents (number) WHERE state = 'open' OR state = 'written';

-- Every certificate that this CA has issued. (issuer, serial) is unique (R02).
CREATE TABLE ca_certificates (
    issuer         TEXT   NOT NULL,
    serial         TEXT   NOT NULL,
    kind           TEXT   NOT NULL,
    profile        TEXT   NOT NULL,
    requester      TEXT   NOT NULL,
    intent         BIGINT NULL,
    twin           TEXT   NULL,
    holder         TEXT   NOT NULL,
    subject_digest TEXT   NOT NULL,
    spki_digest    TEXT   NOT NULL,
    not_before     BIGINT NOT NULL,
    not_after      BIGINT NOT NULL,
    issued_at      BIGINT NOT NULL,
    der            BYTEA  NOT NULL,
    PRIMARY KEY (issuer, serial)
);

CREATE INDEX ca_certificates_intent ON ca_certificates (intent);
CREATE INDEX ca_certificates_spki ON ca_certificates (spki_digest);

-- Staff of a room (its own, and an RA's) whose certificates come from here: what R14 and R15 are decided by.
CREATE TABLE ca_staff (
    issuer  TEXT NOT NULL,
    serial  TEXT NOT NULL,
    room    TEXT NOT NULL,
    role    TEXT NOT NULL,
    name    TEXT NOT NULL,
    act     TEXT NULL,
    PRIMARY KEY (issuer, serial)
);

-- An appointing act leads to one certificate.
CREATE UNIQUE INDEX ca_staff_act ON ca_staff (act);

CREATE INDEX ca_staff_room ON ca_staff (room, name);

-- Revocations. They are never deleted: what leaves a CRL stays here.
CREATE TABLE ca_revocations (
    number       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    issuer       TEXT   NOT NULL,
    serial       TEXT   NOT NULL,
    not_after    BIGINT NOT NULL,
    revoked_at   BIGINT NOT NULL,
    reason       BIGINT NOT NULL,
    invalid_from BIGINT NULL,
    requested_by TEXT   NOT NULL,
    requested_at BIGINT NOT NULL,
    requester    TEXT   NOT NULL
);

CREATE UNIQUE INDEX ca_revocations_serial ON ca_revocations (issuer, serial);

-- CRLs, by number. regular: made by the daily plan (R09 counts only those).
CREATE TABLE ca_crls (
    issuer      TEXT   NOT NULL,
    number      BIGINT NOT NULL,
    regular     BIGINT NOT NULL,
    this_update BIGINT NOT NULL,
    next_update BIGINT NOT NULL,
    entries     BIGINT NOT NULL,
    digest      TEXT   NOT NULL,
    der         BYTEA  NOT NULL,
    PRIMARY KEY (issuer, number)
);

-- Encryption pairs that the key centre is to be told are out of use, by the encryption certificate's serial.
CREATE TABLE ca_retirements (
    number   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    serial   TEXT   NOT NULL,
    asked_at BIGINT NOT NULL,
    done_at  BIGINT NULL
);

CREATE UNIQUE INDEX ca_retirements_serial ON ca_retirements (serial);
CREATE INDEX ca_retirements_waiting ON ca_retirements (number) WHERE done_at IS NULL;

-- Serials of certificates that are issued without an order (authorities, services, staff), committed before anything is signed with them (R10).
CREATE TABLE ca_reservations (
    issuer      TEXT   NOT NULL,
    serial      TEXT   NOT NULL,
    purpose     TEXT   NOT NULL,
    reserved_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, serial)
);

-- Backups of the device: an encrypted file whose key lies in shares with the holders (6.6.2.2-a, 6.6.2.2-c). The newest counts.
CREATE TABLE ca_backups (
    number  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file    BYTEA  NOT NULL,
    digest  TEXT   NOT NULL,
    made_at BIGINT NOT NULL
);
