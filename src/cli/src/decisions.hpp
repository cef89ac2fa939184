// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

#include <optional>

namespace oakum::cli {

struct NewException {
    std::string kind, advisory, component, versions, group, query, justification, metric, reason, expires;
    std::string fix; // in place of an advisory: the row of the queue of fixes that it is about
    std::vector<std::string> evidence;
    double below_score = 0;
};
// Says first what it covers and would change; with --dry-run that is all.
base::Status add_exception(const Flow& flow, const NewException& exception);

struct OwnAdvisory {
    std::string id, title, description, workaround, vector, severity, embargo, embargo_until;
    std::string component, scheme, introduced, fixed, last_affected;
    std::vector<std::string> references, aliases;
    std::optional<bool> exploited;
};
base::Status add_advisory(const Flow& flow, const OwnAdvisory& advisory);
// What is not given stays as it is.
base::Status edit_advisory(const Flow& flow, const OwnAdvisory& advisory);

struct VexOf {
    std::string format = "openvex", advisory, release, query, file;
};
// To standard output, or to a new file.
base::Status export_vex(const Flow& flow, const VexOf& vex);

} // namespace oakum::cli
