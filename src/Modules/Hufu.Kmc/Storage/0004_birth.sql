-- The one initialisation's answer, written with everything that it made: who repeats the request (setup code included) gets the same certificates and the same shares, each sealed to its holder.
CREATE TABLE kmc_birth (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  request_digest TEXT NOT NULL,
  reply BYTEA NOT NULL,
  born_at BIGINT NOT NULL
);
