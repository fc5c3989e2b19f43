-- What this directory belongs to: chain, contract, provider, operator.
CREATE TABLE identity (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

-- The last blocks whose logs were read; the highest is the cursor, the others find the fork after a reorganisation.
CREATE TABLE blocks (number INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;

-- Jobs worth watching: terms verified against the id, ABI-encoded.
CREATE TABLE jobs (id BLOB PRIMARY KEY, terms BLOB NOT NULL, uri TEXT NOT NULL, block INTEGER NOT NULL) STRICT;

-- One row for each attempt of ours at a slot. `root` is set once and never changed: from then on nothing runs again.
CREATE TABLE work (
    job BLOB NOT NULL,
    slot INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    starts INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    root BLOB,
    claim INTEGER,
    uri TEXT,
    PRIMARY KEY (job, slot, attempt)
) STRICT;

-- What is to be sent: planned, signed, sent, mined, final; or dropped, with the reason.
CREATE TABLE intents (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    job BLOB NOT NULL,
    slot INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    data BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'planned',
    nonce INTEGER,
    block INTEGER,
    block_hash BLOB,
    reason TEXT
) STRICT;
CREATE UNIQUE INDEX one_intent ON intents (kind, job, slot, attempt, data) WHERE state <> 'dropped';
CREATE INDEX unsettled ON intents (state) WHERE state NOT IN ('final', 'dropped');

-- Every version of an intent's transaction that was signed, in order; all have its nonce, so one of them counts.
CREATE TABLE transactions (
    id INTEGER PRIMARY KEY,
    intent INTEGER NOT NULL REFERENCES intents (id),
    hash BLOB NOT NULL UNIQUE,
    raw BLOB NOT NULL,
    gas INTEGER NOT NULL,
    max_fee TEXT NOT NULL,
    tip TEXT NOT NULL
) STRICT;
