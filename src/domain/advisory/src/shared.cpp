// SPDX-License-Identifier: Apache-2.0
#include "renumbering.hpp"

#include <advisory/shared.hpp>

namespace oakum::advisory {

SharedMatcher::SharedMatcher(AdvisoryFile file) : file_(file) {}
SharedMatcher::SharedMatcher(AdvisoryFile file, const AdvisoryFile& before)
    : file_(file), renumbering_(std::make_unique<const Renumbering>(before, file)) {}
SharedMatcher::~SharedMatcher() = default;

SharedMatcher::Part SharedMatcher::judge(const base::Digest256& id, const component::Component& component,
                                         const Surroundings& around) {
    auto& parts = parts_[id];
    for (const Part& part : parts)
        if (part->asked.nothing() || part->asked.same_on(around.platform())) return part;
    ++counts_.judged;
    return parts.emplace_back(std::make_shared<const Judged>(advisory::judge(file_, component, around)));
}

SharedMatcher::Part SharedMatcher::carry(const base::Digest256& id, const Part& earlier) {
    if (renumbering_ == nullptr) return nullptr;
    const auto [at, fresh] = carried_.try_emplace(earlier.get(), earlier, nullptr);
    if (!fresh) return at->second.second;
    if (auto same = renumbering_->renumbered(*earlier)) {
        ++counts_.carried;
        at->second.second = std::make_shared<const Judged>(*std::move(same));
        parts_[id].push_back(at->second.second);
    }
    return at->second.second;
}

void SharedMatcher::end_carrying() {
    carried_.clear();
    renumbering_.reset();
}

} // namespace oakum::advisory
