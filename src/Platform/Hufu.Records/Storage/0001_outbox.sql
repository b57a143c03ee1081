-- Messages that owners' transactions left; in order per destination.
CREATE TABLE outbox_item (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  destination TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  body BYTEA NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'parked')),
  tries BIGINT NOT NULL,
  due BIGINT NOT NULL,
  added BIGINT NOT NULL,
  error TEXT,
  UNIQUE (destination, id)
);
CREATE INDEX outbox_waiting ON outbox_item (destination, number) WHERE state = 'waiting';
CREATE INDEX outbox_delivered ON outbox_item (number) WHERE state = 'delivered';

-- The one dispatcher at a time.
CREATE TABLE outbox_claim (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  until BIGINT NOT NULL
);
