-- Facts that are told to a room again, in pieces: where each repetition stands. stage: standings, certificates, done. The place is the last row that is in the outbox.
CREATE TABLE ca_repeats (
    number       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room         TEXT   NOT NULL,
    since        BIGINT NOT NULL,
    until        BIGINT NOT NULL,
    stage        TEXT   NOT NULL,
    at_number    BIGINT NOT NULL,
    at_time      BIGINT NOT NULL,
    at_issuer    TEXT   NOT NULL,
    at_serial    TEXT   NOT NULL,
    standings    BIGINT NOT NULL,
    certificates BIGINT NOT NULL,
    person       TEXT   NOT NULL,
    asked_at     BIGINT NOT NULL
);

CREATE INDEX ca_repeats_waiting ON ca_repeats (number) WHERE stage <> 'done';
