// SPDX-License-Identifier: Apache-2.0
#include <assessment/past_support.hpp>

namespace oakum::assessment {
namespace {

std::string words(const risk::SupportEnd& end, const std::string& what) {
    return "support of " + what + " ended on " + base::to_date(end.ends) + " (" + end.source + ")";
}

} // namespace

const PastSupport::Ended& PastSupport::kind(const std::string& model, const std::string& stated,
                                            const std::array<const AssessedSet*, 2>& layers) {
    const auto [at, fresh] = kinds_.try_emplace({layers[0], layers[1], model, stated});
    if (!fresh) return at->second;
    Ended& ended = at->second;
    ended.whole = of_device(model, stated);
    for (const AssessedSet* set : layers) {
        if (set == nullptr) continue;
        const Ended& runs = of_set(*set);
        if (ended.whole.empty()) ended.whole = runs.whole;
        if (ended.any.empty()) ended.any = runs.any;
    }
    if (!ended.whole.empty()) ended.any = ended.whole;
    return ended;
}

std::string PastSupport::of_device(const std::string& model, const std::string& stated) const {
    if (const auto end = base::parse_time(stated); !stated.empty() && end.ok() && *end < now_)
        return "support of the device ended on " + base::to_date(*end);
    if (const risk::SupportEnd* end = ends_->of_model(model); end != nullptr && end->ends < now_)
        return words(*end, model);
    return {};
}

std::string PastSupport::of(const component::Component& component) const {
    const risk::SupportEnd* end = ends_->of(component);
    if (end == nullptr || end->ends >= now_) return {};
    return words(*end, end->name + (end->branch.empty() ? "" : " " + end->branch));
}

const PastSupport::Ended& PastSupport::of_set(const AssessedSet& set) {
    const auto [at, fresh] = sets_.try_emplace(&set);
    if (!fresh) return at->second;
    for (const component::Component& component : set.components()) {
        std::string why = of(component);
        if (why.empty()) continue;
        if (component.kind == component::Kind::operating_system) {
            at->second = {why, why};
            break;
        }
        if (at->second.any.empty()) at->second.any = std::move(why);
    }
    return at->second;
}

} // namespace oakum::assessment
