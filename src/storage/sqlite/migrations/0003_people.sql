-- SPDX-License-Identifier: Apache-2.0
-- Second factors, identities of a provider, the break-glass account; where and how a session began.

ALTER TABLE oakum_user ADD COLUMN totp TEXT NOT NULL DEFAULT '';
ALTER TABLE oakum_user ADD COLUMN totp_on INTEGER NOT NULL DEFAULT 0;
ALTER TABLE oakum_user ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE oakum_user ADD COLUMN packed_recovery BLOB NOT NULL DEFAULT x'0100';
ALTER TABLE oakum_user ADD COLUMN identity TEXT NOT NULL DEFAULT '';
ALTER TABLE oakum_user ADD COLUMN break_glass INTEGER NOT NULL DEFAULT 0;

ALTER TABLE token ADD COLUMN client TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN began TEXT NOT NULL DEFAULT '';
