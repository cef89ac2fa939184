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

// What one document holds, and what of it could not be used.
struct ReadDocument {
    std::vector<advisory::Record> records;
    std::vector<advisory::Rejected> rejected;
    std::string edition; // may be empty
};
// First records without an id, which say what background improvements there are; then one a CVE, sorted by
// id.
Result<ReadDocument> read_apple(object document);

// One package's entry of Debian's tracker.
Result<advisory::Record> read_debian(object document, std::string_view package, std::string_view id);

// Of one release and repository.
Result<ReadDocument> read_alpine(object document);
Result<ReadDocument> read_csaf(object document);
Result<ReadDocument> read_cyclonedx(object document);
// The whole text, by the codec of such documents.
Result<ReadDocument> read_openvex(std::string_view text);

// The id of a record that is otherwise wrong; empty when it cannot be told.
std::string id_of(object document);

} // namespace oakum::feeds
