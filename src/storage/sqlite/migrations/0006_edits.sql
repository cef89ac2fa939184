-- SPDX-License-Identifier: Apache-2.0
-- Imports and bulk actions are recorded with what they did to each device, so that they can be undone.

CREATE TABLE edit (
    tenant INTEGER NOT NULL,
    edit BLOB NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    state TEXT NOT NULL,
    actor TEXT NOT NULL,
    why TEXT NOT NULL,
    created INTEGER NOT NULL,
    ended INTEGER,
    undone INTEGER,
    undone_by TEXT NOT NULL,
    lasting INTEGER NOT NULL,
    total INTEGER NOT NULL,
    fresh INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    put_back INTEGER NOT NULL,
    left_alone INTEGER NOT NULL,
    packed_reasons BLOB NOT NULL,
    packed_left BLOB NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (tenant, edit)
) STRICT, WITHOUT ROWID;

-- An edit's devices stand together in each shard: it is put back shard by shard.
CREATE TABLE edited_device (
    tenant INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    edit BLOB NOT NULL,
    device BLOB NOT NULL,
    line INTEGER NOT NULL,
    created INTEGER NOT NULL,
    undone INTEGER NOT NULL,
    packed_before BLOB NOT NULL,
    packed_after BLOB NOT NULL,
    PRIMARY KEY (tenant, shard, edit, device),
    FOREIGN KEY (tenant, shard, device) REFERENCES device DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
