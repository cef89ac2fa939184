// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/shared.hpp>
#include <fleet/software.hpp>
#include <ports/feed_files.hpp>
#include <risk/epss_history.hpp>
#include <risk/risk.hpp>

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace oakum::assessment {

// As the store keeps it.
ports::Verdict stored(advisory::Verdict verdict);

// One compiled file of advisories with what keeps its bytes alive. Immutable once made; shared by everything
// that was assessed with it.
struct Knowledge {
    std::shared_ptr<const ports::CompiledAdvisories> bytes;
    advisory::AdvisoryFile file;
    std::optional<base::TimePoint> newest_record;
    std::vector<int> listed_days; // how long the list of what is exploited gives: each length once
    std::shared_ptr<const risk::EpssHistory> scores =
        std::make_shared<const risk::EpssHistory>(); // of earlier days too
    std::vector<std::uint32_t> risen; // advisories whose score has risen within a month, sorted
};
// From the file alone.
std::vector<int> listed_days(const advisory::AdvisoryFile& file);

// A software set as all that is said of it shares it. Immutable.
struct SetContents : fleet::Software::Contents {
    SetContents() = default;
    explicit SetContents(fleet::Software::Contents contents);
    std::set<std::pair<std::string, std::string>> names; // name and version of each component
};

// A software set on what lies beneath it, as assessed with one Knowledge: shared by all that lies beneath
// where that makes no difference. Immutable.
struct AssessedSet {
    std::shared_ptr<const Knowledge> knowledge;
    std::shared_ptr<const SetContents> contents;
    std::vector<advisory::SharedMatcher::Part> parts; // of each component; none of a set that no device has
    advisory::SetAssessment assessment;

    const std::vector<component::Component>& components() const { return contents->components; }
    // Whether something in it could be looked at; what could not is never clean.
    bool is_assessed() const { return !components().empty() && !assessment.nothing_assessed; }
    // What a device reports beside its image is often in the image too; there its maker's statements count.
    bool covers(const component::Component& component) const {
        return contents->names.contains({component.name, component.version});
    }
};

class InForce;

// Every set of a tenant as assessed last; swapped whole, so that one answer never mixes two states of
// knowledge.
struct AssessedFleet {
    std::shared_ptr<const Knowledge> knowledge;
    std::unordered_map<device::SetId, std::shared_ptr<const AssessedSet>> sets; // by id of the subject
    std::shared_ptr<const InForce> in_force; // what people decided about findings; nothing: never asked for

    const AssessedSet* find(device::SetId set, device::SetId on = {}) const {
        const auto found = sets.find(fleet::subject(set, on).id);
        return found == sets.end() ? nullptr : found->second.get();
    }
};

} // namespace oakum::assessment
