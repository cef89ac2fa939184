-- SPDX-License-Identifier: Apache-2.0
-- The first schema. One table for each struct of ports/rows.hpp.
--
-- Every table of devices, with its keys, starts with (tenant, shard): the distribution key of a store that spans
-- machines. Control tables belong to a tenant. Times are milliseconds since 1970, ids 16 bytes, digests 32 bytes;
-- a zero id or digest outside a key is NULL. Enumerations are the numbers of the code's enums, which only grow.
-- Columns named packed_* hold lists in the form of src/packed.hpp. All tables are clustered by their key, so that a
-- shard is read from neighbouring pages.

CREATE TABLE store_counter (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    change INTEGER NOT NULL, -- number of the newest change
    entry INTEGER NOT NULL   -- number of the newest event or decision
) STRICT;
INSERT INTO store_counter (id, change, entry) VALUES (1, 0, 0);

-- ---- devices ----------------------------------------------------------------------------------------------------

CREATE TABLE device (
    tenant INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    device BLOB NOT NULL,
    lifecycle INTEGER NOT NULL,
    device_group BLOB,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    last_inventory INTEGER NOT NULL,
    base_set BLOB,
    delta_set BLOB,
    running_version TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    desired_number INTEGER NOT NULL,
    desired_release BLOB,
    desired_rollout BLOB,
    deployment BLOB,
    certificate_serial TEXT NOT NULL,
    certificate_expires INTEGER,
    previous_certificate_serial TEXT NOT NULL,
    revoked INTEGER NOT NULL,
    clone_suspected INTEGER NOT NULL,
    hold INTEGER NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (tenant, shard, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE fact (
    tenant INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    device BLOB NOT NULL,
    fact_key TEXT NOT NULL,
    fact_value TEXT NOT NULL,
    source INTEGER NOT NULL,
    detail TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (tenant, shard, device, fact_key),
    FOREIGN KEY (tenant, shard, device) REFERENCES device DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

-- Append only; number keeps apart what happened in the same millisecond.
CREATE TABLE device_event (
    tenant INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    device BLOB NOT NULL,
    at INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (tenant, shard, device, at, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE device_set (
    tenant INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    device BLOB NOT NULL,
    layer INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    set_id BLOB,
    to_at INTEGER, -- NULL: still so
    PRIMARY KEY (tenant, shard, device, layer, from_at),
    FOREIGN KEY (tenant, shard, device) REFERENCES device DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

CREATE TABLE deployment (
    tenant INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    device BLOB NOT NULL,
    deployment BLOB NOT NULL,
    rollout BLOB,
    release BLOB,
    wave INTEGER NOT NULL,
    stratum TEXT NOT NULL,
    state INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    detail TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    transient_failures INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    progress_percent INTEGER NOT NULL,
    version_before TEXT NOT NULL,
    version_after TEXT NOT NULL,
    offered_at INTEGER NOT NULL,
    state_at INTEGER NOT NULL,
    deadline INTEGER,
    soak_until INTEGER,
    is_rollback INTEGER NOT NULL,
    resumed INTEGER NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (tenant, shard, device, deployment),
    FOREIGN KEY (tenant, shard, device) REFERENCES device DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
-- For the page of a rollout. Neither column changes in the life of a deployment, and a transition leaves them alone.
CREATE INDEX deployment_of_rollout ON deployment (tenant, rollout, offered_at);

CREATE TABLE gate_count (
    tenant INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    rollout BLOB NOT NULL,
    wave INTEGER NOT NULL,
    stratum TEXT NOT NULL,
    started INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    verified INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    rolled_back INTEGER NOT NULL,
    silent INTEGER NOT NULL,
    PRIMARY KEY (tenant, shard, rollout, wave, stratum)
) STRICT, WITHOUT ROWID;

-- ---- software and findings --------------------------------------------------------------------------------------

CREATE TABLE component (
    tenant INTEGER NOT NULL,
    component BLOB NOT NULL,
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    purl TEXT NOT NULL,
    cpe TEXT NOT NULL,
    bundle_id TEXT NOT NULL,
    patch_level TEXT NOT NULL,
    PRIMARY KEY (tenant, component)
) STRICT, WITHOUT ROWID;

CREATE TABLE software_set (
    tenant INTEGER NOT NULL,
    set_id BLOB NOT NULL,
    layer INTEGER NOT NULL,
    components BLOB NOT NULL, -- sorted digests, 32 bytes each
    packed_statements BLOB NOT NULL,
    origin TEXT NOT NULL,
    PRIMARY KEY (tenant, set_id)
) STRICT;

CREATE TABLE firmware (
    tenant INTEGER NOT NULL,
    model TEXT NOT NULL,
    version TEXT NOT NULL,
    set_id BLOB,
    sbom_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (tenant, model, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE set_finding (
    tenant INTEGER NOT NULL,
    set_id BLOB NOT NULL,
    advisory TEXT NOT NULL,
    component BLOB NOT NULL,
    from_at INTEGER NOT NULL,
    verdict INTEGER NOT NULL,
    reason TEXT NOT NULL,
    to_at INTEGER, -- NULL: still so
    PRIMARY KEY (tenant, set_id, advisory, component, from_at)
) STRICT, WITHOUT ROWID;

-- ---- control ----------------------------------------------------------------------------------------------------

CREATE TABLE device_group (
    tenant INTEGER NOT NULL,
    device_group BLOB NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    packed_defaults BLOB NOT NULL,
    deleted INTEGER NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (tenant, device_group)
) STRICT;

CREATE TABLE artifact (
    tenant INTEGER NOT NULL,
    digest BLOB NOT NULL,
    length INTEGER NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    verified_at INTEGER,
    damaged INTEGER NOT NULL,
    PRIMARY KEY (tenant, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE release (
    tenant INTEGER NOT NULL,
    release BLOB NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    artifact BLOB,
    packed_models BLOB NOT NULL,
    packed_hw_revisions BLOB NOT NULL,
    min_from TEXT NOT NULL,
    set_id BLOB,
    state TEXT NOT NULL,
    target_path TEXT NOT NULL,
    notes TEXT NOT NULL,
    counter INTEGER NOT NULL,
    created INTEGER NOT NULL,
    published INTEGER,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (tenant, release)
) STRICT;

CREATE TABLE rollout (
    tenant INTEGER NOT NULL,
    rollout BLOB NOT NULL,
    packed_plan BLOB NOT NULL,
    state INTEGER NOT NULL,
    state_reason TEXT NOT NULL,
    open_wave INTEGER NOT NULL,
    key0 INTEGER NOT NULL,
    key1 INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    created INTEGER NOT NULL,
    started INTEGER,
    wave_opened_at INTEGER,
    ended INTEGER,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (tenant, rollout)
) STRICT;

CREATE TABLE rollout_decision (
    tenant INTEGER NOT NULL,
    rollout BLOB NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    decision TEXT NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (tenant, rollout, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE oakum_user (
    tenant INTEGER NOT NULL,
    user_id BLOB NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role INTEGER NOT NULL,
    packed_scope BLOB NOT NULL,
    disabled INTEGER NOT NULL,
    created INTEGER NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (tenant, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
    tenant INTEGER NOT NULL,
    token BLOB NOT NULL,
    kind INTEGER NOT NULL,
    secret BLOB,
    label TEXT NOT NULL,
    user_id BLOB,
    device_group BLOB,
    packed_scopes BLOB NOT NULL,
    uses_left INTEGER NOT NULL,
    csrf BLOB,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    revoked INTEGER NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (tenant, token)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    tenant INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    resource TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    why TEXT NOT NULL,
    previous BLOB,
    hash BLOB,
    PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
    tenant INTEGER NOT NULL,
    job TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    payload TEXT NOT NULL,
    created INTEGER NOT NULL,
    ended INTEGER,
    PRIMARY KEY (tenant, job)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed (
    tenant INTEGER NOT NULL,
    name TEXT NOT NULL,
    imported INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    packed_rejects BLOB NOT NULL,
    raw_file TEXT NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

-- Bodies may be large, so rows are found through an index and not clustered.
CREATE TABLE document (
    tenant INTEGER NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT;

CREATE TABLE idempotency (
    tenant INTEGER NOT NULL,
    idempotency_key TEXT NOT NULL,
    request BLOB,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (tenant, idempotency_key)
) STRICT;

-- The change feed. number has no gaps within the store; a tenant sees its own.
CREATE TABLE change (
    tenant INTEGER NOT NULL,
    number INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    summary TEXT NOT NULL,
    PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;
