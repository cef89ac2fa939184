-- SPDX-License-Identifier: Apache-2.0
-- No table changes. From here on plans are packed in their third form (src/packed.hpp): a wave may have a query, and a
-- plan a date. A program of before would take such a plan for damage; with this number it says that the store is newer.

SELECT 1;
