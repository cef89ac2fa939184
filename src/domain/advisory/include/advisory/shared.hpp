// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/judged.hpp>
#include <base/digest.hpp>

#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace oakum::advisory {

class Renumbering;

// Judges by one file, each component once in surroundings that answer alike, and takes over from the file
// before what cannot have changed. Grows with what it was asked about. Not shared between threads; the bytes
// of the file outlive it.
class SharedMatcher {
  public:
    using Part = std::shared_ptr<const Judged>; // shared by every set that holds it

    explicit SharedMatcher(AdvisoryFile file);
    // Of what was judged with `before`, carry() takes over what this file says the same about. Until
    // end_carrying() the bytes of both outlive it.
    SharedMatcher(AdvisoryFile file, const AdvisoryFile& before);
    ~SharedMatcher();

    // `id` names the component by its content.
    Part judge(const base::Digest256& id, const component::Component& component, const Surroundings& around);
    // The same judgement in this file's numbers; nothing when it has to be made anew.
    Part carry(const base::Digest256& id, const Part& earlier);
    void end_carrying();

    struct Counts {
        std::uint64_t judged = 0, carried = 0;
    };
    Counts counts() const { return counts_; }

  private:
    AdvisoryFile file_;
    std::unordered_map<base::Digest256, std::vector<Part>> parts_;
    std::unique_ptr<const Renumbering> renumbering_;
    std::unordered_map<const Judged*, std::pair<Part, Part>> carried_; // what was, and what it became
    Counts counts_;
};

} // namespace oakum::advisory
