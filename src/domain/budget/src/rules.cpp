// SPDX-License-Identifier: Apache-2.0
#include <budget/rules.hpp>

#include <algorithm>

namespace oakum::budget {
namespace {

// FNV-1a, and a last stir so that every bit counts.
class Hash {
  public:
    void add(std::string_view text) {
        for (const char c : text)
            byte(static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
        byte(0);
    }
    void missing() { byte(1); }
    GroupKey value() const {
        std::uint64_t v = hash_;
        v = (v ^ v >> 33) * 0xFF51AFD7ED558CCDULL;
        v = (v ^ v >> 33) * 0xC4CEB9FE1A85EC53ULL;
        return v ^ v >> 33;
    }

  private:
    void byte(unsigned char b) { hash_ = (hash_ ^ b) * 0x100000001B3ULL; }
    std::uint64_t hash_ = 0xCBF29CE484222325ULL;
};

} // namespace

Rules::Rules(std::vector<Budget> budgets) : budgets_(std::move(budgets)) {
    for (const Budget& budget : budgets_) {
        auto query = device::parse_query(budget.query);
        queries_.push_back(query.ok() ? std::optional(std::move(*query)) : std::nullopt);
    }
}

bool Rules::counts(std::size_t budget, const device::DeviceView& device) const {
    return !queries_[budget] || device::evaluate(*queries_[budget], device) != device::Truth::no;
}

GroupKey Rules::group(std::size_t budget, const device::DeviceView& device) const {
    Hash hash;
    hash.add(budgets_[budget].name);
    for (const std::string& key : budgets_[budget].by) {
        const auto value = device.fact(key);
        if (value && !value->empty())
            hash.add(*value);
        else
            hash.missing();
    }
    return hash.value();
}

std::vector<GroupKey> Rules::groups(const device::DeviceView& device) const {
    std::vector<GroupKey> groups;
    for (std::size_t i = 0; i < budgets_.size(); ++i)
        if (counts(i, device)) groups.push_back(group(i, device));
    return groups;
}

std::string Rules::words(std::size_t budget, const device::DeviceView& device) const {
    const std::vector<std::string>& by = budgets_[budget].by;
    if (by.empty()) return "its devices";
    std::string text;
    for (std::size_t i = 0; i < by.size(); ++i) {
        const auto value = device.fact(by[i]);
        text += i == 0 ? "" : i + 1 == by.size() ? " and " : ", ";
        text += value && !value->empty() ? by[i] + " " + std::string(*value) : "no known " + by[i];
    }
    return text;
}

bool Rules::rest_on_size() const {
    return std::ranges::any_of(budgets_, [](const Budget& each) { return rests_on_size(each.limit); });
}

} // namespace oakum::budget
