-- What each directory still has to be told, in order. The content is taken from the shelves when it is sent, so a row is small and the newest is what a directory gets.
CREATE TABLE publishing_directory_queue (
    number  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    object  TEXT NOT NULL,
    queued_at BIGINT NOT NULL,
    tries   BIGINT NOT NULL,
    fault   TEXT
);
CREATE INDEX publishing_directory_queue_target ON publishing_directory_queue (target, number);

-- What a directory refused for good (its schema, its rules): put aside so that the rest goes on, and shown until somebody has looked.
CREATE TABLE publishing_directory_refused (
    number  BIGINT PRIMARY KEY,
    target  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    object  TEXT NOT NULL,
    refused_at BIGINT NOT NULL,
    fault   TEXT NOT NULL
);
