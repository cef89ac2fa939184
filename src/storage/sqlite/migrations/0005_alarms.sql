-- SPDX-License-Identifier: Apache-2.0
-- Alarms, the channels that tell them, and the outbox of their messages.

CREATE TABLE alarm (
    tenant INTEGER NOT NULL,
    alarm BLOB NOT NULL,
    kind INTEGER NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    detail TEXT NOT NULL,
    packed_things BLOB NOT NULL,
    query TEXT NOT NULL,
    owner TEXT NOT NULL,
    extent INTEGER NOT NULL,
    cause_at INTEGER,
    opened INTEGER NOT NULL,
    closed INTEGER,
    acknowledged INTEGER,
    acknowledged_by TEXT NOT NULL,
    muted_until INTEGER,
    muted_by TEXT NOT NULL,
    why TEXT NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (tenant, alarm)
) STRICT, WITHOUT ROWID;

-- Address and secret are sealed; a removed channel has neither.
CREATE TABLE channel (
    tenant INTEGER NOT NULL,
    channel BLOB NOT NULL,
    name TEXT NOT NULL,
    kind INTEGER NOT NULL,
    pace INTEGER NOT NULL,
    server TEXT NOT NULL,
    address TEXT NOT NULL,
    secret TEXT NOT NULL,
    account TEXT NOT NULL,
    sender TEXT NOT NULL,
    packed_recipients BLOB NOT NULL,
    created_by TEXT NOT NULL,
    created INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    digested INTEGER,
    delivered INTEGER,
    failed INTEGER,
    last_error TEXT NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (tenant, channel)
) STRICT, WITHOUT ROWID;

-- Contents may be large, so rows are found through an index and not clustered.
CREATE TABLE message (
    tenant INTEGER NOT NULL,
    message BLOB NOT NULL,
    channel BLOB,
    content TEXT NOT NULL,
    created INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_try INTEGER,
    ended INTEGER,
    error TEXT NOT NULL,
    PRIMARY KEY (tenant, message)
) STRICT;
