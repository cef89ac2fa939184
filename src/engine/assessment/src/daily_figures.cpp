// SPDX-License-Identifier: Apache-2.0
#include "marks.hpp"
#include "weighed.hpp"

#include <assessment/adoption.hpp>
#include <assessment/daily_figures.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace oakum::assessment {

using device::GroupId;
using device::TenantId;
using ports::ChangeRow;
using ports::FiguresRow;

namespace {

constexpr std::string_view kCursor = "figures/cursor", kHits = "figures/exploited";
constexpr std::size_t kPiece = 5'000;
// What a census tells apart: what makes a context, in its order, and what says which version runs on what.
constexpr std::array<std::string_view, 6> kCensusKeys{kContextKeys[0],
                                                      kContextKeys[1],
                                                      kContextKeys[2],
                                                      device::key::model,
                                                      device::key::firmware_version,
                                                      device::key::os_version};
constexpr std::string_view kOwnKind = "figures"; // our own changes are no reason to count again

// One line an advisory and group.
std::string text_of(const Hits& hits) {
    std::string text = "\n"; // an empty body would be no document
    for (const auto& [advisory, groups] : hits)
        for (const GroupId& group : groups)
            text += advisory + " " + group.text() + "\n";
    return text;
}

Hits hits_of(std::string_view text) {
    Hits hits;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const std::size_t space = line.find(' ');
        if (space == std::string_view::npos) continue;
        if (const auto group = GroupId::parse(line.substr(space + 1)); group.ok())
            hits[std::string(line.substr(0, space))].insert(*group);
    }
    return hits;
}

bool same_figures(FiguresRow one, const FiguresRow& other) {
    one.at = other.at;
    return one == other;
}

} // namespace

base::TimePoint day_of(base::TimePoint at) {
    return std::chrono::floor<std::chrono::days>(at);
}

std::vector<FiguresRow> add_up(const fleet::Census& census, const std::vector<const Standing*>& standings,
                               const Lengths& lengths, base::TimePoint now) {
    // How old the devices of a kind have to be for them to be overdue.
    std::vector<std::optional<int>> overdue_after;
    for (const Standing* standing : standings)
        overdue_after.push_back(standing->overdue_after(now));
    std::vector<FiguresRow> rows;
    for (const fleet::Census::Part& part : census.parts) {
        FiguresRow row;
        row.day = day_of(now);
        row.group = part.group;
        row.at = now;
        row.quiet = part.quiet;
        double risk = 0;
        for (const auto& [kind, devices] : part.devices) {
            const Standing& standing = *standings[kind];
            row.devices += devices;
            row.assessed += standing.assessed ? devices : 0;
            row.exposed += standing.exposed ? devices : 0;
            row.exploited += standing.exploited ? devices : 0;
            const auto& after = overdue_after[kind];
            row.overdue += after && lengths.is_older(census.kinds[kind].age, *after) ? devices : 0;
            row.cannot_tell += standing.cannot_tell() ? devices : 0;
            row.findings_open += standing.open * devices;
            row.excepted += standing.only_excepted() ? devices : 0;
            row.findings_mitigated += standing.mitigated * devices;
            row.findings_accepted += standing.accepted * devices;
            row.findings_not_affected += standing.not_affected * devices;
            row.findings_suppressed += standing.suppressed * devices;
            risk += standing.points * static_cast<double>(devices);
        }
        row.risk_thousandths = static_cast<std::uint64_t>(std::llround(risk * 1000));
        rows.push_back(row);
    }
    return rows;
}

void DailyFigures::look() {
    if (looking_.exchange(true)) return;
    looks_.post([this] {
        // A clock that jumped would write figures of days that were not.
        if (!watch_.warning())
            for (const TenantId id : core_.control.tenants())
                look(id, tenants_[id]);
        looking_ = false;
    });
}

base::Status DailyFigures::load(TenantId id, Tenant& tenant) {
    const base::TimePoint today = day_of(core_.clock.now());
    TRY_VALUE(const std::vector<FiguresRow> rows, records_.figures_of_day(id, today));
    tenant.day = today;
    for (const FiguresRow& row : rows)
        tenant.rows[row.group] = row;
    const std::string cursor = core_.control.document(id, std::string(kCursor));
    const std::string hits = core_.control.document(id, std::string(kHits));
    // The first count begins with what the feed still holds from its beginning; what is older is not counted.
    tenant.first = cursor.empty();
    if (tenant.first && !core_.writer.feed().read(id, 0, 1)) tenant.cursor = core_.writer.feed().newest();
    std::from_chars(cursor.data(), cursor.data() + cursor.size(), tenant.cursor);
    if (!hits.empty()) tenant.hits = hits_of(hits);
    tenant.loaded = true;
    return {};
}

// Piece by piece: what a busy fleet changes between two counts is more than is to be held at once.
base::Result<DailyFigures::News> DailyFigures::news(TenantId id, std::uint64_t after) const {
    News news;
    news.cursor = after;
    for (;;) {
        auto piece = core_.writer.feed().read(id, news.cursor, kPiece);
        if (!piece) {
            TRY_VALUE(piece, core_.history.changes(id, news.cursor, kPiece));
        }
        if (piece->empty()) return news;
        news.cursor = piece->back().number;
        for (const ChangeRow& change : *piece)
            note(id, change, news);
    }
}

void DailyFigures::look(TenantId id, Tenant& tenant) {
    const base::Duration begun = core_.clock.steady();
    if (tenant.busy || (tenant.loaded && begun < tenant.not_before)) return;
    const auto assessed = assessor_.fleet(id);
    // What was known of advisories is not here yet: nothing would be open.
    if (assessed->knowledge->file.size() == 0 && !core_.control.list<ports::FeedRow>(id).empty()) return;
    Count count;
    const base::Status status = [&]() -> base::Status {
        if (!tenant.loaded) TRY(load(id, tenant));
        TRY_VALUE(News fresh, news(id, tenant.cursor));
        const base::TimePoint now = core_.clock.now();
        if (!fresh.moved && assessed == tenant.counted && day_of(now) == tenant.day &&
            now >= tenant.counted_at && now - tenant.counted_at < kLongest)
            return {};
        return take_in(id, tenant, std::move(fresh), assessed, count);
    }();
    tenant.not_before = begun + std::max(kShortest, (core_.clock.steady() - begun) * (kShare - 1));
    if (!status.ok()) {
        if (!std::exchange(tenant.failing, true))
            log_.write(base::LogLevel::error, "figures",
                       "the day's figures could not be counted, and will be later: " + status.error().text());
        return;
    }
    if (count.rows.empty()) return; // nothing was due
    tenant.counted = assessed;
    tenant.counted_at = core_.clock.now();
    tenant.busy = true;
    store(id, std::move(count));
}

base::Status DailyFigures::take_in(TenantId id, Tenant& tenant, News news,
                                   const std::shared_ptr<const AssessedFleet>& assessed, Count& count) {
    const base::TimePoint now = core_.clock.now();
    count.cursor = news.cursor;
    count.marks = std::move(news.marks);
    count.day = day_of(now);
    std::vector<const Standing*> standings;
    tenant.standings.begin(assessed, assessor_.deadlines().in_force(id));
    const Lengths& lengths = tenant.standings.lengths();
    const fleet::Census census =
        core_.fleet.census(id, kCensusKeys, lengths.limits(now), cells_of(*assessed));
    for (const fleet::CensusKind& kind : census.kinds)
        standings.push_back(&tenant.standings.of(
            kind.base, kind.delta, context_of(kind.values[0], kind.values[1], kind.values[2]), kind.cell));

    std::map<GroupId, FiguresRow> before;
    if (tenant.day == count.day) {
        before = tenant.rows;
    } else {
        // A day that was there already: the clock went back a little.
        TRY_VALUE(const std::vector<FiguresRow> rows, records_.figures_of_day(id, count.day));
        for (const FiguresRow& row : rows)
            before[row.group] = row;
    }
    for (FiguresRow& row : add_up(census, standings, lengths, now)) {
        if (const auto earlier = before.find(row.group); earlier != before.end())
            row.verified = earlier->second.verified;
        count.rows[row.group] = row;
    }
    TRY(add(id, tenant, news.verified, count));
    for (const auto& [group, row] : count.rows) {
        const auto earlier = before.find(group);
        if (earlier == before.end() || !same_figures(row, earlier->second)) count.changed.push_back(row);
    }

    take_versions(id, census, count);
    const Hitting hitting = hitting_now(census, standings, *assessed->knowledge);
    for (const auto& [advisory, groups] : hitting)
        for (const auto& [group, devices] : groups)
            count.hits[advisory].insert(group);
    if (tenant.hits) {
        const auto marks = marks_of(hitting, *tenant.hits, now);
        count.marks.insert(count.marks.end(), marks.begin(), marks.end());
    }
    count.hits_changed = !tenant.hits || *tenant.hits != count.hits;
    tenant.standings.end();
    return {};
}

// From what was counted for the figures: it costs as much as there are kinds of devices.
void DailyFigures::take_versions(TenantId id, const fleet::Census& census, Count& count) const {
    std::vector<VersionCount> counted;
    for (const auto& [kind, devices] : census.parts.front().devices) {
        const std::vector<std::string>& values = census.kinds[kind].values;
        counted.push_back({values[3], values[4].empty() ? values[5] : values[4], devices});
    }
    std::string text = text_of(adoption_of(counted));
    std::string name = adoption_document(count.day);
    const std::string before = core_.control.document(id, name);
    if (before == text) return;
    if (before.empty())
        for (std::string& old : adoption_before(core_.control, id, count.day - kAdoptionKept))
            count.adoption.push_back({std::move(old), ""});
    count.adoption.push_back({std::move(name), std::move(text)});
}

void DailyFigures::note(TenantId id, const ChangeRow& change, News& news) const {
    news.moved = news.moved || change.kind != kOwnKind;
    if (change.kind == "deployment") {
        const auto device = verified_device(change);
        if (!device) return;
        ++news.verified[{day_of(change.at), GroupId()}];
        for (const GroupId& group : core_.fleet.groups_of({id, *device}))
            ++news.verified[{day_of(change.at), group}];
    } else if (change.kind == "rollout") {
        if (const auto rollout = ports::RolloutId::parse(change.subject); rollout.ok())
            if (const auto row = core_.control.find<ports::RolloutRow>(id, *rollout))
                for (ports::MarkRow& mark : marks_of(*row))
                    news.marks.push_back(std::move(mark));
    } else if (change.kind == "feed") {
        if (const auto row = core_.control.find<ports::FeedRow>(id, change.subject))
            news.marks.push_back(mark_of(*row, change.at));
    } else if (change.kind == "exception") {
        if (const auto exception = ports::ExceptionId::parse(change.subject); exception.ok())
            if (const auto row = core_.control.find<ports::ExceptionRow>(id, *exception))
                if (auto mark = mark_of(*row, change.at)) news.marks.push_back(*std::move(mark));
    } else if (change.kind == "edit") {
        if (const auto edit = ports::EditId::parse(change.subject); edit.ok())
            if (const auto row = core_.control.find<ports::EditRow>(id, *edit))
                if (auto mark = mark_of(*row)) news.marks.push_back(*std::move(mark));
    }
}

// What was verified on a day that has no row counts with today's, so that none is lost.
base::Status DailyFigures::add(TenantId id, const Tenant& tenant, const Verified& verified, Count& count) {
    std::map<base::TimePoint, std::vector<FiguresRow>> earlier;
    for (const auto& [of, updates] : verified) {
        const auto& [day, group] = of;
        if (day != count.day) {
            if (tenant.first) continue; // of before figures were kept
            const auto [at, fresh] = earlier.try_emplace(day);
            if (fresh) {
                TRY_VALUE(at->second, records_.figures_of_day(id, day));
            }
            const auto row = std::find_if(at->second.begin(), at->second.end(),
                                          [&](const FiguresRow& held) { return held.group == group; });
            if (row != at->second.end()) {
                row->verified += updates;
                count.changed.push_back(*row);
                continue;
            }
        }
        if (const auto row = count.rows.find(group); row != count.rows.end()) row->second.verified += updates;
    }
    return {};
}

void DailyFigures::store(TenantId id, Count count) {
    auto shared = std::make_shared<Count>(std::move(count));
    core_.writer.submit(
        shard::control_of(id), shard::Priority::inventory,
        [shared](shard::Transaction& transaction) -> base::Status {
            for (const FiguresRow& row : shared->changed)
                transaction.put(row);
            for (const ports::DocumentRow& document : shared->adoption)
                transaction.put(document);
            for (const ports::MarkRow& mark : shared->marks)
                transaction.put(mark);
            if (shared->hits_changed)
                transaction.put(ports::DocumentRow{std::string(kHits), text_of(shared->hits)});
            if (!shared->changed.empty() || !shared->adoption.empty() || !shared->marks.empty() ||
                shared->hits_changed) {
                transaction.put(ports::DocumentRow{std::string(kCursor), std::to_string(shared->cursor)});
                transaction.change(std::string(kOwnKind), base::to_date(shared->day));
            }
            return {};
        },
        [this, id, shared](base::Status status) {
            looks_.post([this, id, shared, status] { stored(id, std::move(*shared), status); });
        });
}

void DailyFigures::stored(TenantId id, Count count, const base::Status& status) {
    Tenant& tenant = tenants_[id];
    tenant.busy = false;
    if (!status.ok()) {
        tenant.counted.reset(); // counted again, from the same cursor on
        if (!std::exchange(tenant.failing, true))
            log_.write(base::LogLevel::error, "figures",
                       "the day's figures could not be stored, and will be later: " + status.error().text());
        return;
    }
    tenant.failing = tenant.first = false;
    tenant.cursor = count.cursor;
    tenant.day = count.day;
    tenant.rows = std::move(count.rows);
    tenant.hits = std::move(count.hits);
}

} // namespace oakum::assessment
