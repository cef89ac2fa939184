// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/match.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::advisory {

// What lies around the components of one set: the set itself, and what it runs on. Made into a platform when
// a judgement first asks for it. What it is made of outlives it. Not shared between threads.
class Surroundings {
  public:
    explicit Surroundings(std::span<const component::Component> set,
                          std::span<const component::Component> beneath = {})
        : set_(set), beneath_(beneath) {}
    explicit Surroundings(const Platform& platform) : known_(&platform) {}
    const Platform& platform() const;

  private:
    std::span<const component::Component> set_, beneath_;
    const Platform* known_ = nullptr;
    mutable std::optional<Platform> made_;
};

// What was asked of a platform, with the answers. Where all of them are the same, so is what follows.
struct Asked {
    std::optional<std::string> family, distribution;
    std::optional<std::vector<std::string>> hardware;
    std::map<char, bool> knows; // by part
    std::optional<bool> states_sources;
    // The versions of what is there, by "a:vendor:product"; asked for and absent: none.
    std::map<std::string, std::vector<std::string>, std::less<>> versions;

    bool nothing() const {
        return !family && !distribution && !hardware && !states_sources && knows.empty() && versions.empty();
    }
    bool same_on(const Platform& platform) const;
    bool operator==(const Asked&) const = default;
};

// One component as judged with one file: its findings, and what they hang on.
struct Judged {
    std::vector<ComponentVerdict> verdicts;
    std::string_view why_not; // it could not be assessed at all; lives for ever
    Asked asked;
    std::vector<std::uint64_t> keys; // of the file, under which rules about it would be; hashes
};
Judged judge(const AdvisoryFile& file, const component::Component& component, const Surroundings& around,
             Detail detail = Detail::findings);

// A set of which each component was judged in the set's surroundings, with this file: what match_set gives.
SetAssessment assemble(const AdvisoryFile& file, std::span<const component::Component> components,
                       std::span<const component::Statement> statements,
                       std::span<const Judged* const> judged);

} // namespace oakum::advisory
