-- Rooms that this room talks with.
CREATE TABLE messaging_peer (
  name TEXT PRIMARY KEY,
  signing BYTEA NOT NULL,
  encryption BYTEA,
  address TEXT,
  registered BIGINT NOT NULL
);

-- What was received and how it was answered: an order's answer is written in the transaction that carried the order out. A fact has no answer.
CREATE TABLE messaging_receipt (
  sender TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('order', 'fact')),
  type TEXT NOT NULL,
  digest BYTEA NOT NULL,
  message BYTEA,
  answer BYTEA,
  received BIGINT NOT NULL,
  PRIMARY KEY (sender, id)
);

-- Orders that this room asks directly: written before they are sent, so that asking again with the same id sends the same.
CREATE TABLE messaging_ask (
  destination TEXT NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  body BYTEA NOT NULL,
  asked BIGINT NOT NULL,
  PRIMARY KEY (destination, id)
);

-- Answers to this room's orders, with what the other room signed.
CREATE TABLE messaging_answer (
  destination TEXT NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  refused BIGINT NOT NULL,
  body BYTEA NOT NULL,
  message BYTEA NOT NULL,
  answered BIGINT NOT NULL,
  PRIMARY KEY (destination, id)
);
