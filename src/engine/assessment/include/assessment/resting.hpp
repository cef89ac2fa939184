// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/file.hpp>
#include <risk/deadline.hpp>
#include <risk/deadline_policy.hpp>

#include <unordered_map>

namespace oakum::assessment {

// Which deadlines rest on an exposure that nobody told, each worked out once.
class Resting {
  public:
    explicit Resting(const risk::DeadlinePolicy& policy) : policy_(policy) {}
    bool on_exposure(const advisory::AdvisoryFile& file, std::uint32_t advisory,
                     const risk::Context& context) {
        if (context.exposure != risk::Exposure::unknown) return false;
        const auto [at, fresh] = known_.try_emplace(std::uint64_t{advisory} * risk::DeadlinePolicy::kClasses +
                                                    policy_.class_of(context));
        if (fresh) at->second = risk::rests_on_exposure(file.advisory(advisory), context, policy_);
        return at->second;
    }

  private:
    const risk::DeadlinePolicy& policy_;
    std::unordered_map<std::uint64_t, bool> known_;
};

} // namespace oakum::assessment
