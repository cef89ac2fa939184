// SPDX-License-Identifier: Apache-2.0
#include "store_under_test.hpp"

#include <contract/store_contract.hpp>

using oakum::sqlite::SqliteUnderTest;

OAKUM_STORE_CONTRACT(SqliteUnderTest)
