// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <assessment/pass.hpp>

namespace oakum::assessment {

using advisory::SharedMatcher;
using device::SetId;

SetContents::SetContents(fleet::Software::Contents contents)
    : fleet::Software::Contents(std::move(contents)) {
    for (const component::Component& component : components)
        names.emplace(component.name, component.version);
}

namespace {

// Whether two judgements of a component find the same, as the store keeps it.
bool is_same(const advisory::AdvisoryFile& file, const advisory::Judged& one,
             const advisory::AdvisoryFile& other_file, const advisory::Judged& other) {
    return std::equal(one.verdicts.begin(), one.verdicts.end(), other.verdicts.begin(), other.verdicts.end(),
                      [&](const auto& a, const auto& b) {
                          return a.verdict == b.verdict && file.id(a.advisory) == other_file.id(b.advisory);
                      });
}

} // namespace

void Pass::begin(const std::shared_ptr<const Knowledge>& knowledge,
                 std::shared_ptr<const AssessedFleet> before) {
    if (knowledge == knowledge_) return;
    knowledge_ = knowledge;
    made_.clear();
    before_ = std::move(before);
    if (before_ && before_->knowledge && before_->knowledge != knowledge)
        matcher_.emplace(knowledge->file, before_->knowledge->file);
    else
        matcher_.emplace(knowledge->file);
}

void Pass::end() {
    again_.clear();
    before_.reset();
    if (matcher_) matcher_->end_carrying();
}

std::shared_ptr<const SetContents> Pass::contents(SetId set) {
    auto& held = contents_[set];
    if (!held)
        if (auto known = software_.contents(tenant_, set); known.ok())
            held = std::make_shared<const SetContents>(*std::move(known));
    return held;
}

std::shared_ptr<const AssessedSet> Pass::made_of(SetId set, std::shared_ptr<const SetContents> contents,
                                                 std::vector<SharedMatcher::Part> parts) {
    Made& made = made_[set];
    for (const auto& known : made.each)
        if (known->parts == parts) return known;
    std::vector<const advisory::Judged*> judged;
    for (const SharedMatcher::Part& part : parts)
        judged.push_back(part.get());
    auto assessed = std::make_shared<AssessedSet>();
    assessed->knowledge = knowledge_;
    assessed->assessment =
        advisory::assemble(knowledge_->file, contents->components, contents->statements, judged);
    assessed->contents = std::move(contents);
    assessed->parts = std::move(parts);
    made.each.push_back(assessed);
    if (std::all_of(judged.begin(), judged.end(), [](const auto* part) { return part->asked.nothing(); }))
        made.everywhere = assessed;
    return assessed;
}

std::optional<Pass::Outcome> Pass::assess(const fleet::Subject& subject) {
    if (before_) {
        const auto held = before_->sets.find(subject.id);
        if (held != before_->sets.end() && held->second->knowledge == before_->knowledge &&
            held->second->parts.size() == held->second->components().size())
            return again(subject, held->second);
    }
    return anew(subject);
}

std::optional<Pass::Outcome> Pass::anew(const fleet::Subject& subject) {
    if (const auto known = made_.find(subject.set); known != made_.end() && known->second.everywhere)
        return Outcome{known->second.everywhere};
    auto own = contents(subject.set);
    if (!own) return std::nullopt;
    const auto beneath = contents(subject.on);
    const advisory::Surroundings around(own->components, beneath ? beneath->components
                                                                 : std::span<const component::Component>());
    std::vector<SharedMatcher::Part> parts;
    parts.reserve(own->ids.size());
    for (std::size_t i = 0; i < own->ids.size(); ++i)
        parts.push_back(matcher_->judge(own->ids[i].get(), own->components[i], around));
    if (subject.on != SetId() && !beneath) {
        // What lies beneath is not known yet: nothing is taken over from that.
        auto assessed =
            std::make_shared<AssessedSet>(*made_of(subject.set, std::move(own), std::move(parts)));
        assessed->parts.clear();
        return Outcome{std::move(assessed)};
    }
    return Outcome{made_of(subject.set, std::move(own), std::move(parts))};
}

std::optional<Pass::Outcome> Pass::again(const fleet::Subject& subject,
                                         const std::shared_ptr<const AssessedSet>& before) {
    if (const auto known = again_.find(before.get()); known != again_.end()) return known->second;
    const auto& own = before->contents;
    const auto beneath = contents(subject.on);
    const advisory::Surroundings around(own->components, beneath ? beneath->components
                                                                 : std::span<const component::Component>());
    // What the maker states is about advisories, whose ids can have come to mean others.
    bool changed = !own->statements.empty();
    bool asked = false;
    std::vector<SharedMatcher::Part> parts;
    parts.reserve(own->ids.size());
    for (std::size_t i = 0; i < own->ids.size(); ++i) {
        auto part = matcher_->carry(own->ids[i].get(), before->parts[i]);
        if (!part) {
            part = matcher_->judge(own->ids[i].get(), own->components[i], around);
            changed =
                changed || !is_same(before->knowledge->file, *before->parts[i], knowledge_->file, *part);
            asked = asked || !part->asked.nothing();
        }
        parts.push_back(std::move(part));
    }
    Outcome outcome{made_of(subject.set, own, std::move(parts)), changed};
    // What was carried holds where it held before, and what asks nothing holds everywhere.
    if (!asked) again_.emplace(before.get(), outcome);
    return outcome;
}

} // namespace oakum::assessment
