-- Payments through the gateway: open, paid, twice (paid here and by hand: people settle it), refund-wanted (approved by two people), refunded.
CREATE TABLE ra_payment_orders (
    order_no    TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    amount      BIGINT NOT NULL,
    state       TEXT NOT NULL,
    simulated   BIGINT NOT NULL,
    reference   TEXT,
    opened_at   BIGINT NOT NULL,
    looked_at   BIGINT NOT NULL,
    settled_at  BIGINT
);
CREATE INDEX ra_payment_orders_application ON ra_payment_orders (application);
CREATE INDEX ra_payment_orders_waiting ON ra_payment_orders (state, looked_at);
