// SPDX-License-Identifier: Apache-2.0
#include "layouts.hpp"
#include "synonyms.hpp"

#include <algorithm>
#include <base/digest.hpp>
#include <device/query.hpp>
#include <device_lists/columns.hpp>
#include <set>

namespace oakum::device_lists {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

bool is_own_key(std::string_view text) {
    return (text.starts_with("tag.") || text.starts_with("x.")) && text.size() > text.find('.') + 1 &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
           });
}

bool is_meaning(std::string_view fact) {
    if (fact == kId || fact == kGroup || is_own_key(fact)) return true;
    const bool word = !fact.empty() && std::all_of(fact.begin(), fact.end(),
                                                   [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    if (!word) return false;
    const auto query = device::parse_query("exists(" + std::string(fact) + ")");
    return query.ok() && query->terms.front().field == device::Field::fact;
}

bool is_about_a_person(const std::string& head) {
    return std::any_of(synonyms_of_persons().begin(), synonyms_of_persons().end(),
                       [&](const Synonyms& known) { return rank_of(known.names, head) != kNowhere; });
}

// One layout under way: each fact is given to one column.
class Assignment {
  public:
    Assignment(Layout& layout, const std::vector<std::string>& heads) : layout_(layout), heads_(heads) {}

    bool is_free(std::size_t at) const { return !decided_.contains(at); }
    bool is_taken(std::string_view fact) const { return taken_.contains(std::string(fact)); }
    void decide(std::size_t at, std::string_view fact, How how) {
        Column& column = layout_.columns[at];
        column.fact = fact;
        column.how = fact.empty() ? How::left_out : how;
        decided_.insert(at);
        if (!fact.empty()) taken_.insert(std::string(fact));
    }
    // The free column whose head stands first among the names, if any.
    void offer(std::string_view fact, std::string_view names) {
        if (is_taken(fact)) return;
        std::size_t best = kNowhere, chosen = kNowhere;
        for (std::size_t at = 0; at < heads_.size(); ++at) {
            const std::size_t rank = is_free(at) ? rank_of(names, heads_[at]) : kNowhere;
            if (rank < best) best = rank, chosen = at;
        }
        if (chosen == kNowhere) return;
        const bool exact = !fact.empty() && heads_[chosen] == folded(fact);
        decide(chosen, fact, exact ? How::named : How::guessed);
    }

  private:
    Layout& layout_;
    const std::vector<std::string>& heads_;
    std::set<std::size_t> decided_;
    std::set<std::string> taken_;
};

base::Status by_hand(Assignment& assignment, const Layout& layout, const Told& told, How how) {
    for (const auto& [head, fact] : told) {
        auto column = std::find_if(layout.columns.begin(), layout.columns.end(),
                                   [&](const Column& c) { return c.head == head; });
        if (column == layout.columns.end())
            column = std::find_if(layout.columns.begin(), layout.columns.end(),
                                  [&](const Column& c) { return folded(c.head) == folded(head); });
        if (column == layout.columns.end()) {
            if (how == How::remembered) continue;
            return base::invalid("no column is called '" + head + "'").at("columns");
        }
        const auto at = static_cast<std::size_t>(column - layout.columns.begin());
        if (!assignment.is_free(at)) continue;
        if (!fact.empty() && !is_meaning(fact))
            return base::invalid(
                       "'" + fact +
                       "' is nothing that a column can mean; use a fact of the query language, id, group, "
                       "or a key of your own such as x.rack or tag.room")
                .at("columns");
        if (!fact.empty() && assignment.is_taken(fact)) {
            if (how == How::remembered) continue;
            return base::invalid("two columns cannot both be '" + fact + "'").at("columns");
        }
        assignment.decide(at, fact, how);
    }
    return {};
}

void by_layout(Assignment& assignment, Layout& layout, const std::vector<std::string>& heads) {
    const KnownLayout* known = known_layout(heads);
    if (known == nullptr) return;
    layout.name = known->name;
    for (const Meaning& meaning : known->meanings)
        for (std::size_t at = 0; at < heads.size(); ++at) {
            if (heads[at] != meaning.head || !assignment.is_free(at)) continue;
            if (meaning.fact.empty() || !assignment.is_taken(meaning.fact))
                assignment.decide(at, meaning.fact, How::guessed);
        }
    for (const Meaning& constant : known->constants)
        layout.constants[std::string(constant.fact)] = constant.head;
}

} // namespace

std::string_view to_string(How how) {
    switch (how) {
    case How::named:
        return "named";
    case How::guessed:
        return "guessed";
    case How::remembered:
        return "remembered";
    case How::told:
        return "told";
    case How::left_out:
        return "left_out";
    }
    return "";
}

base::Result<Layout> lay_out(std::span<const std::string> heads, const Told& told, const Told& remembered,
                             Persons persons) {
    Layout layout;
    std::vector<std::string> names;
    for (const std::string& head : heads) {
        layout.columns.push_back({head, {}, How::left_out, false});
        names.push_back(folded(head));
        layout.columns.back().about_a_person = is_about_a_person(names.back());
    }
    Assignment assignment(layout, names);
    TRY(by_hand(assignment, layout, told, How::told));
    TRY(by_hand(assignment, layout, remembered, How::remembered));
    by_layout(assignment, layout, names);
    // The display name of a device, where nothing says that it is a person's.
    if (persons == Persons::wanted)
        for (const Synonyms& known : synonyms_of_persons())
            if (!known.fact.empty()) assignment.offer(known.fact, known.names);
    for (const Synonyms& known : synonyms())
        assignment.offer(known.fact, known.names);
    for (std::size_t at = 0; at < heads.size(); ++at)
        if (assignment.is_free(at) && is_own_key(heads[at]) && !assignment.is_taken(heads[at]))
            assignment.decide(at, heads[at], How::named);
    return layout;
}

std::string name_of_heads(std::span<const std::string> heads) {
    std::vector<std::string> sorted;
    for (const std::string& head : heads)
        if (!head.empty()) sorted.push_back(folded(head) + "\n");
    std::sort(sorted.begin(), sorted.end());
    std::string all;
    for (const std::string& head : sorted)
        all += head;
    return base::sha256(all).hex().substr(0, 32);
}

} // namespace oakum::device_lists
