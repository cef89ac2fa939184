-- SPDX-License-Identifier: Apache-2.0
-- No table changes. From here on plans are packed in their fourth form (src/packed.hpp): a wave may have a pace. A program
-- of before would take such a plan for damage; with this number it says that the store is newer.

SELECT 1;
