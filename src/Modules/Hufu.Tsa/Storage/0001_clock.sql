-- Serials: every start of the service takes the next number; within a start they are counted in memory.
CREATE TABLE tsa_start (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  started_at BIGINT NOT NULL
);

-- The latest time that stands in a token (Unix microseconds, UTC) and how many tokens there are: what the clock guard holds the clock to.
CREATE TABLE tsa_clock (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  latest BIGINT NOT NULL,
  tokens BIGINT NOT NULL
);
INSERT INTO tsa_clock (id, latest, tokens) VALUES (1, 0, 0);
