-- SPDX-License-Identifier: Apache-2.0
-- Figures of each day, of the whole fleet (a group of zeros) and of each group, and what happened that moved them.

CREATE TABLE figures (
    tenant INTEGER NOT NULL,
    device_group BLOB NOT NULL,
    day INTEGER NOT NULL,
    at INTEGER NOT NULL,
    devices INTEGER NOT NULL,
    assessed INTEGER NOT NULL,
    exposed INTEGER NOT NULL,
    exploited INTEGER NOT NULL,
    overdue INTEGER NOT NULL,
    cannot_tell INTEGER NOT NULL,
    quiet INTEGER NOT NULL,
    findings_open INTEGER NOT NULL,
    verified INTEGER NOT NULL,
    risk_thousandths INTEGER NOT NULL,
    PRIMARY KEY (tenant, device_group, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX figures_by_day ON figures (tenant, day);

CREATE TABLE mark (
    tenant INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    device_group BLOB NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (tenant, at, kind, subject, device_group)
) STRICT, WITHOUT ROWID;
