-- The figures of policy as the room has worked with them: a row for each that is new, changed or gone, when the room first started with it.
CREATE TABLE hosting_policy_values (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at BIGINT NOT NULL,
  policy TEXT NOT NULL,
  name TEXT NOT NULL,
  clause TEXT NOT NULL,
  was TEXT,
  becomes TEXT
);
CREATE INDEX hosting_policy_values_name ON hosting_policy_values (name, number);
