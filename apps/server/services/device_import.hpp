// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/devices_service.hpp>
#include <fleet/registry.hpp>

namespace oakum::server {

inline constexpr std::size_t kImportRowsShown = 500;

// A table as rows of facts, with what each column was taken for.
struct ReadCsv {
    std::vector<api::DeviceImportResult::Mapping> mapping;
    std::vector<fleet::ImportRow> rows;
    std::vector<api::DeviceImportResult::Row> refused; // the first lines that cannot be read
    std::uint64_t refused_count = 0;                   // all of them
};

// Columns are known by what others call them, and the exports of Intune and Jamf Pro by their heads; columns
// about persons are left out. Errors: invalid (no table, no column for the serial number, no rows).
base::Result<ReadCsv> read_devices(std::string_view csv);

} // namespace oakum::server
