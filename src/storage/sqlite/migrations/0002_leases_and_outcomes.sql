-- SPDX-License-Identifier: Apache-2.0
-- Jobs are held by a lease; a gate knows when its newest verification was, and a rollout when it settled.

ALTER TABLE job ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN lease INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN lease_until INTEGER;

ALTER TABLE gate_count ADD COLUMN last_verified INTEGER NOT NULL DEFAULT 0;
-- When that was is not known of older rows: a wave that is open soaks anew, once.
UPDATE gate_count SET last_verified = CAST(strftime('%s', 'now') AS INTEGER) * 1000 WHERE verified > 0;

ALTER TABLE rollout ADD COLUMN settled_at INTEGER;
UPDATE rollout SET settled_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000 WHERE state = 5;
