-- What was seen on which host, and when. Times are seconds since 1970-01-01 in UTC.

-- A host, as we stand on it: a state folder may lie in a home that several hosts share.
CREATE TABLE host (
  id       INTEGER PRIMARY KEY,
  identity TEXT NOT NULL UNIQUE,
  first_at INTEGER NOT NULL CHECK (typeof(first_at) = 'integer'),
  last_at  INTEGER NOT NULL CHECK (typeof(last_at) = 'integer'),
  looks    INTEGER NOT NULL CHECK (looks > 0)
);

-- When each network namespace was looked at whole, all ports of it; '*' is all namespaces there are.
CREATE TABLE looked (
  host      INTEGER NOT NULL REFERENCES host,
  namespace TEXT NOT NULL,
  first_at  INTEGER NOT NULL CHECK (typeof(first_at) = 'integer'),
  last_at   INTEGER NOT NULL CHECK (typeof(last_at) = 'integer'),
  PRIMARY KEY (host, namespace)
) WITHOUT ROWID;

-- Door keys without their port: place is transport/family/scope/namespace.
CREATE TABLE kind (
  id      INTEGER PRIMARY KEY,
  host    INTEGER NOT NULL REFERENCES host,
  place   TEXT NOT NULL CHECK (place LIKE '%/%/%/%'),
  program TEXT NOT NULL CHECK (program <> ''),
  UNIQUE (host, place, program)
);

-- Ports of one kind that came and went together.
CREATE TABLE spell (
  id         INTEGER PRIMARY KEY,
  kind       INTEGER NOT NULL REFERENCES kind,
  -- 16-bit little-endian numbers in ascending order; 0 for a port that the kernel chose.
  ports      BLOB NOT NULL CHECK (typeof(ports) = 'blob' AND length(ports) > 0 AND length(ports) % 2 = 0),
  -- When the door key was seen for the very first time; since when it has been there this time.
  first_seen INTEGER NOT NULL CHECK (typeof(first_seen) = 'integer'),
  since      INTEGER NOT NULL CHECK (typeof(since) = 'integer'),
  -- The last look of some ports alone that saw it; of an ended spell the last look at all that did.
  last_seen  INTEGER CHECK (typeof(last_seen) IN ('integer', 'null')),
  -- The look that did not see it any more; NULL where it is still there.
  gone_at    INTEGER CHECK (typeof(gone_at) IN ('integer', 'null')),
  began      TEXT NOT NULL CHECK (began IN ('first-look', 'new', 'changed', 'returned')),
  -- The program that held the place before, where it began with a change; the one that took it, where it ended so.
  was        TEXT,
  became     TEXT
);

CREATE INDEX spell_open ON spell (kind) WHERE gone_at IS NULL;
CREATE INDEX spell_ended ON spell (kind, gone_at) WHERE gone_at IS NOT NULL;
