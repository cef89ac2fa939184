// SPDX-License-Identifier: Apache-2.0
#include "formats.hpp"

namespace oakum::feeds {

Result<advisory::KevEntry> read_kev(object document) {
    advisory::KevEntry out;
    TRY_VALUE(out.id, id_at(document, "cveID"));
    TRY_VALUE(out.added, time_at(document, "dateAdded"));
    TRY_VALUE(out.due, time_at(document, "dueDate"));
    if (out.added == base::TimePoint()) return base::invalid("the date is missing").at("dateAdded");
    TRY_VALUE(const std::string ransomware, text_at(document, "knownRansomwareCampaignUse", 64));
    out.ransomware = ransomware == "Known";
    TRY_VALUE(out.name, text_at(document, "vulnerabilityName", max_name));
    TRY_VALUE(const std::string action, text_at(document, "requiredAction", 64UL * 1024));
    out.required_action = shortened(action, max_description);
    return out;
}

} // namespace oakum::feeds
