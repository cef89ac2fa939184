// SPDX-License-Identifier: Apache-2.0
#include <assessment/past_support.hpp>

namespace oakum::assessment {
namespace {

std::string words(const risk::SupportEnd& end, const std::string& what) {
    return "support of " + what + " ended on " + base::to_date(end.ends) + " (" + end.source + ")";
}

} // namespace

const std::string& PastSupport::of(const std::string& model, const std::string& stated,
                                   const std::array<const AssessedSet*, 2>& layers) {
    const auto [at, fresh] = kinds_.try_emplace({layers[0], layers[1], model, stated});
    if (fresh) at->second = ended(model, stated, layers);
    return at->second;
}

std::string PastSupport::ended(const std::string& model, const std::string& stated,
                               const std::array<const AssessedSet*, 2>& layers) {
    if (const auto end = base::parse_time(stated); !stated.empty() && end.ok() && *end < now_)
        return "support of the device ended on " + base::to_date(*end);
    if (const risk::SupportEnd* end = ends_->of_model(model); end != nullptr && end->ends < now_)
        return words(*end, model);
    for (const AssessedSet* set : layers)
        if (set != nullptr)
            if (const std::string& why = ended(*set); !why.empty()) return why;
    return {};
}

const std::string& PastSupport::ended(const AssessedSet& set) {
    const auto [at, fresh] = sets_.try_emplace(&set);
    if (!fresh) return at->second;
    for (const component::Component& component : set.components())
        if (const risk::SupportEnd* end = ends_->of(component); end != nullptr && end->ends < now_) {
            at->second = words(*end, end->name + (end->branch.empty() ? "" : " " + end->branch));
            break;
        }
    return at->second;
}

} // namespace oakum::assessment
