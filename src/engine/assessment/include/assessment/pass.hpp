// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/knowledge.hpp>

#include <optional>
#include <unordered_map>
#include <vector>

namespace oakum::assessment {

// Assesses the subjects of one tenant by one state of knowledge after the other. Each component is judged
// once in surroundings that answer alike, each set put together once of like judgements; of what was assessed
// by the knowledge before, only that is done again about which the new one says something else. Used by one
// thread at a time.
class Pass {
  public:
    Pass(const fleet::Software& software, device::TenantId tenant) : software_(software), tenant_(tenant) {}

    // From here on by this knowledge; `before` is what it takes over from.
    void begin(const std::shared_ptr<const Knowledge>& knowledge,
               std::shared_ptr<const AssessedFleet> before);
    struct Outcome {
        std::shared_ptr<const AssessedSet> set;
        bool changed = true; // false: it finds what the assessment before found
    };
    // Nothing when the set is not known.
    std::optional<Outcome> assess(const fleet::Subject& subject);
    // Lets go of what it took over from.
    void end();

  private:
    std::shared_ptr<const SetContents> contents(device::SetId set);
    std::optional<Outcome> anew(const fleet::Subject& subject);
    std::optional<Outcome> again(const fleet::Subject& subject,
                                 const std::shared_ptr<const AssessedSet>& before);
    std::shared_ptr<const AssessedSet> made_of(device::SetId set, std::shared_ptr<const SetContents> contents,
                                               std::vector<advisory::SharedMatcher::Part> parts);

    const fleet::Software& software_;
    const device::TenantId tenant_;
    std::shared_ptr<const Knowledge> knowledge_;
    std::shared_ptr<const AssessedFleet> before_;
    std::optional<advisory::SharedMatcher> matcher_;
    std::unordered_map<device::SetId, std::shared_ptr<const SetContents>> contents_;
    // By this knowledge: what was put together of each set, and what asked nothing of what lies beneath.
    struct Made {
        std::vector<std::shared_ptr<const AssessedSet>> each;
        std::shared_ptr<const AssessedSet> everywhere;
    };
    std::unordered_map<device::SetId, Made> made_;
    // What was assessed before, as it is now for every subject that shares it. `before_` keeps it alive.
    std::unordered_map<const AssessedSet*, Outcome> again_;
};

} // namespace oakum::assessment
