-- The registry of quietport: read-only, made by the build from reviewable text. Open it with any tool.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Everything a row or a sentence cites.
CREATE TABLE source (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, as_of TEXT NOT NULL, opened TEXT,
  url TEXT, package TEXT, locator TEXT, sha256 TEXT, complete INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE quotation (
  source TEXT NOT NULL REFERENCES source, name TEXT NOT NULL, words TEXT NOT NULL, PRIMARY KEY (source, name)
) WITHOUT ROWID;

-- IANA's registry, row by row, in its own order. transport is NULL where the row names none.
CREATE TABLE iana_row (
  id INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, transport TEXT, name TEXT,
  description TEXT NOT NULL, reference TEXT, assignee TEXT, registered TEXT, modified TEXT,
  unauthorized TEXT, notes TEXT, service_code TEXT
);
CREATE INDEX iana_row_name ON iana_row (name COLLATE NOCASE) WHERE name IS NOT NULL;

-- What older snapshots said, only where it differs from the next newer one.
CREATE TABLE iana_past (
  first INTEGER NOT NULL, last INTEGER NOT NULL, transport TEXT NOT NULL,
  as_of TEXT NOT NULL, status TEXT NOT NULL, names TEXT NOT NULL
);
CREATE INDEX iana_past_port ON iana_past (transport, first);

-- Runs of numbers that the same rows cover; rows is a list of iana_row ids, names are theirs; both separated by blanks.
CREATE TABLE span (
  id INTEGER PRIMARY KEY, transport TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  status TEXT NOT NULL, rows TEXT NOT NULL, names TEXT NOT NULL
);

-- 65,536 bytes a transport: the status of port N is byte N; its span is the little-endian 16-bit number N.
CREATE TABLE plane (transport TEXT PRIMARY KEY, status BLOB NOT NULL, span BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE de_facto (
  first INTEGER NOT NULL, last INTEGER NOT NULL, transport TEXT NOT NULL, software TEXT NOT NULL,
  use TEXT NOT NULL, source TEXT NOT NULL REFERENCES source, locator TEXT NOT NULL, words TEXT NOT NULL
);
CREATE TABLE misuse (
  first INTEGER NOT NULL, last INTEGER NOT NULL, transport TEXT NOT NULL, family TEXT NOT NULL,
  year INTEGER NOT NULL, report TEXT NOT NULL, source TEXT NOT NULL REFERENCES source,
  locator TEXT NOT NULL, words TEXT NOT NULL
);
CREATE TABLE program (
  program TEXT NOT NULL, software TEXT NOT NULL, services TEXT NOT NULL,
  source TEXT NOT NULL REFERENCES source, locator TEXT NOT NULL, words TEXT NOT NULL
);
CREATE INDEX program_name ON program (program);

-- Every port that a searched list names, so that "not found" is the result of a search.
CREATE TABLE searched (
  source TEXT NOT NULL REFERENCES source, first INTEGER NOT NULL, last INTEGER NOT NULL, transport TEXT NOT NULL
);
