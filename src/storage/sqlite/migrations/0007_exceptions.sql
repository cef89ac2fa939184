-- SPDX-License-Identifier: Apache-2.0
-- What people decided about findings, advisories of our own, and how both show in the figures of a day.

CREATE TABLE exception (
    tenant INTEGER NOT NULL,
    exception BLOB NOT NULL,
    kind INTEGER NOT NULL,
    advisory TEXT NOT NULL,
    component TEXT NOT NULL,
    versions TEXT NOT NULL,
    below_tenths INTEGER NOT NULL,
    device_group BLOB,
    query TEXT NOT NULL,
    justification INTEGER NOT NULL,
    metric TEXT NOT NULL,
    reason TEXT NOT NULL,
    packed_evidence BLOB NOT NULL,
    expires INTEGER,
    state INTEGER NOT NULL,
    asked_by TEXT NOT NULL,
    packed_history BLOB NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (tenant, exception)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice (
    tenant INTEGER NOT NULL,
    notice TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    workaround TEXT NOT NULL,
    packed_products BLOB NOT NULL,
    vector TEXT NOT NULL,
    severity TEXT NOT NULL,
    exploited INTEGER NOT NULL,
    packed_references BLOB NOT NULL,
    packed_aliases BLOB NOT NULL,
    embargo TEXT NOT NULL,
    embargo_until INTEGER,
    created_by TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (tenant, notice)
) STRICT, WITHOUT ROWID;

ALTER TABLE figures ADD COLUMN excepted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE figures ADD COLUMN findings_mitigated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE figures ADD COLUMN findings_accepted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE figures ADD COLUMN findings_not_affected INTEGER NOT NULL DEFAULT 0;
ALTER TABLE figures ADD COLUMN findings_suppressed INTEGER NOT NULL DEFAULT 0;
