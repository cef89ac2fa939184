// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/judged.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace oakum::advisory {

// The one way in which rules look at the platform: every question is noted with its answer.
class Look {
  public:
    Look(const Surroundings& around, Asked& asked) : around_(around), asked_(asked) {}

    const std::string& family() const {
        if (!asked_.family) asked_.family = around_.platform().family();
        return *asked_.family;
    }
    const std::string& distribution() const {
        if (!asked_.distribution) asked_.distribution = around_.platform().distribution();
        return *asked_.distribution;
    }
    const std::vector<std::string>& hardware() const {
        if (!asked_.hardware) asked_.hardware = around_.platform().hardware();
        return *asked_.hardware;
    }
    bool states_sources() const {
        if (!asked_.states_sources) asked_.states_sources = around_.platform().states_sources();
        return *asked_.states_sources;
    }
    // Not noted: only a command that judges one set knows it.
    const KernelBuild* kernel_build() const { return around_.platform().kernel_build(); }
    bool knows(char part) const {
        const auto [at, fresh] = asked_.knows.try_emplace(part, false);
        if (fresh) at->second = around_.platform().knows(part);
        return at->second;
    }
    // The versions of what is there under "a:vendor:product".
    const std::vector<std::string>& versions(std::string_view key) const {
        auto at = asked_.versions.find(key);
        if (at == asked_.versions.end())
            at = asked_.versions.emplace(std::string(key), around_.platform().versions(key)).first;
        return at->second;
    }

  private:
    const Surroundings& around_;
    Asked& asked_;
};

} // namespace oakum::advisory
