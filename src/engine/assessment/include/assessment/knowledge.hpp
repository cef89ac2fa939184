// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/match.hpp>
#include <fleet/software.hpp>
#include <ports/feed_files.hpp>
#include <risk/risk.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace oakum::assessment {

// One compiled file of advisories with what keeps its bytes alive. Immutable once made; shared by everything
// that was assessed with it.
struct Knowledge {
    std::shared_ptr<const ports::CompiledAdvisories> bytes;
    advisory::AdvisoryFile file;
    std::optional<base::TimePoint> newest_record;
};

// A software set on what lies beneath it, as assessed with one Knowledge. Immutable.
struct AssessedSet {
    std::shared_ptr<const Knowledge> knowledge;
    std::vector<component::Component> components;
    advisory::SetAssessment assessment;
    std::set<std::pair<std::string, std::string>> names; // name and version of each component

    // What a device reports beside its image is often in the image too; there its maker's statements count.
    bool covers(const component::Component& component) const {
        return names.contains({component.name, component.version});
    }
};

// Every set of a tenant as assessed last; swapped whole, so that one answer never mixes two states of
// knowledge.
struct AssessedFleet {
    std::shared_ptr<const Knowledge> knowledge;
    std::map<device::SetId, std::shared_ptr<const AssessedSet>> sets; // by id of the subject

    const AssessedSet* find(device::SetId set, device::SetId on = {}) const {
        const auto found = sets.find(fleet::subject(set, on).id);
        return found == sets.end() ? nullptr : found->second.get();
    }
};

} // namespace oakum::assessment
