// SPDX-License-Identifier: Apache-2.0
#include "marks.hpp"

#include <algorithm>
#include <exception/wish.hpp>
#include <json/parse.hpp>

namespace oakum::assessment {

using device::GroupId;
using ports::MarkRow;

namespace {

constexpr std::size_t kNamed = 2;

std::string counted(std::uint64_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

} // namespace

Hitting hitting_now(const fleet::Census& census, const std::vector<const Standing*>& standings,
                    const Knowledge& knowledge) {
    Hitting hitting;
    for (const fleet::Census::Part& part : census.parts)
        for (const auto& [kind, devices] : part.devices) {
            const auto& exploited = standings[kind]->exploited_advisories;
            const std::set<std::uint32_t> once(exploited.begin(), exploited.end());
            for (const std::uint32_t advisory : once)
                hitting[std::string(knowledge.file.id(advisory))][part.group] += devices;
        }
    return hitting;
}

std::vector<MarkRow> marks_of(const Hitting& now, const Hits& before, base::TimePoint at) {
    std::map<GroupId, std::vector<std::pair<std::string, std::uint64_t>>> fresh;
    for (const auto& [advisory, groups] : now) {
        const auto known = before.find(advisory);
        for (const auto& [group, devices] : groups)
            if (known == before.end() || !known->second.contains(group))
                fresh[group].emplace_back(advisory, devices);
    }
    std::vector<MarkRow> marks;
    for (const auto& [group, hits] : fresh) {
        MarkRow mark{at, "exploited", hits.size() == 1 ? hits.front().first : "", group, ""};
        if (hits.size() == 1) {
            mark.sentence = hits.front().first + " is exploited and open on " +
                            counted(hits.front().second, "device") + ".";
        } else {
            mark.sentence =
                std::to_string(hits.size()) + " vulnerabilities that are exploited were found open:";
            for (std::size_t i = 0; i < hits.size() && i < kNamed; ++i)
                mark.sentence += (i == 0 ? " " : ", ") + hits[i].first;
            mark.sentence +=
                hits.size() > kNamed ? " and " + std::to_string(hits.size() - kNamed) + " more." : ".";
        }
        marks.push_back(std::move(mark));
    }
    return marks;
}

std::vector<MarkRow> marks_of(const ports::RolloutRow& rollout) {
    std::vector<MarkRow> marks;
    const std::string id = rollout.id.text();
    if (rollout.started)
        marks.push_back(
            {*rollout.started, "rollout started", id, {}, "Rollout " + rollout.plan.name + " started."});
    if (rollout.ended)
        marks.push_back({*rollout.ended,
                         "rollout ended",
                         id,
                         {},
                         "Rollout " + rollout.plan.name +
                             " ended: " + std::string(rollout::to_string(rollout.state)) + "."});
    return marks;
}

MarkRow mark_of(const ports::FeedRow& feed, base::TimePoint at) {
    return {at,
            "feed",
            feed.name,
            {},
            "Advisories were imported: " + feed.name + ", " + counted(feed.accepted, "record") + "."};
}

std::optional<MarkRow> mark_of(const ports::EditRow& edit) {
    if (edit.kind != "import" || !edit.ended || edit.fresh + edit.changed == 0) return std::nullopt;
    return MarkRow{*edit.ended,
                   "devices",
                   edit.name,
                   {},
                   "Devices were imported from " + edit.name + ": " + std::to_string(edit.fresh) + " new, " +
                       std::to_string(edit.changed) + " changed."};
}

std::optional<MarkRow> mark_of(const ports::ExceptionRow& exception, base::TimePoint at) {
    const exception::Wish& wish = exception.wish;
    const std::string about =
        wish.subject.advisory.empty() ? "a class of findings" : exception::about_of(wish.subject);
    const bool counted_before = std::ranges::any_of(
        exception.history, [](const exception::Step& step) { return step.to == exception::State::approved; });
    if (!counted_before) return std::nullopt;
    std::string what = exception.state == exception::State::approved    ? "began to count"
                       : exception.state == exception::State::withdrawn ? "was withdrawn"
                                                                        : "ended";
    return MarkRow{at, "exception", exception.id.text(), wish.scope.group,
                   "An exception about " + about + " " + std::move(what) + "."};
}

std::optional<device::DeviceId> verified_device(const ports::ChangeRow& change) {
    // Most changes are others: they are not worth reading.
    if (change.summary.find("\"verified\"") == std::string::npos) return std::nullopt;
    const auto summary = json::parse(change.summary);
    if (!summary.ok() || summary->find("back")) return std::nullopt;
    const auto state = summary->string_at("state"), device = summary->string_at("device");
    if (!state.ok() || *state != "verified" || !device.ok()) return std::nullopt;
    const auto id = device::DeviceId::parse(*device);
    return id.ok() ? std::optional(*id) : std::nullopt;
}

} // namespace oakum::assessment
