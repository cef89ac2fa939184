// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "element.hpp"

#include <advisory/record.hpp>

#include <functional>

namespace oakum::feeds {

// NVD "configurations", which CVE records carry too as "cpeApplicability". Appends to `out`.
Status read_configurations(object in, std::string_view key, std::vector<advisory::Applicability>& out);

// The cve object, or the {"cve": ...} around it.
Result<advisory::Record> read_nvd(object document);
Result<advisory::Record> read_cve5(object document);
Result<advisory::Record> read_osv(object document);
Result<advisory::KevEntry> read_kev(object document);

struct AppleFeed {
    std::vector<advisory::Record> records; // one a CVE, sorted by id
    std::vector<advisory::Rejected> rejected;
};
Result<AppleFeed> read_apple(object document);

// The id of a record that is otherwise wrong; empty when it cannot be told.
std::string id_of(object document);

} // namespace oakum::feeds
