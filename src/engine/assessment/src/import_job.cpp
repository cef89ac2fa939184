// SPDX-License-Identifier: Apache-2.0
// The job "feed import".
#include "import_job.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>
#include <source/shrink.hpp>

#include <algorithm>

namespace oakum::assessment {

using device::TenantId;
using shard::Progress;
using shard::Transaction;

namespace {

constexpr std::uint64_t kStages = 4; // read, keep, compile, assess

std::string grouped(std::uint64_t count) {
    std::string digits = std::to_string(count);
    for (std::size_t at = digits.size(); at > 3; at -= 3)
        digits.insert(at - 3, 1, ',');
    return digits;
}

void write(json::Writer& writer, const Arrival& arrival, const std::string& kept) {
    writer.begin_object()
        .member("incoming", arrival.incoming)
        .member("file", arrival.file_name)
        .member("kept", kept)
        .member("part", arrival.part)
        .member("kind", arrival.kind)
        .member("records_before", arrival.records_before)
        .end_object();
}

base::Result<Arrival> read_arrival(const json::Value& value) {
    Arrival arrival;
    TRY_VALUE(arrival.incoming, value.string_at("incoming"));
    TRY_VALUE(arrival.file_name, value.string_at("file"));
    TRY_VALUE(const auto part, value.optional_string_at("part"));
    TRY_VALUE(const auto kind, value.optional_string_at("kind"));
    TRY_VALUE(arrival.records_before, value.optional_uint_at("records_before"));
    arrival.part = part.value_or("");
    arrival.kind = kind.value_or("");
    return arrival;
}

} // namespace

std::string import_payload(const Arrivals& arrivals) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object()
        .member("force", arrivals.force == Force::yes)
        .member("together", arrivals.together == Together::yes)
        .key("feeds")
        .begin_array();
    for (const Arrival& arrival : arrivals.feeds)
        write(writer, arrival, "");
    writer.end_array().end_object();
    return text;
}

std::string Assessor::Import::payload() const {
    std::string text;
    json::Writer writer(text);
    writer.begin_object()
        .member("force", force_ == Force::yes)
        .member("together", together_ == Together::yes)
        .key("feeds")
        .begin_array();
    for (const Feed& feed : feeds_)
        if (feed.outcome.refused.empty()) write(writer, feed.arrival, feed.kept);
    writer.end_array().end_object();
    return text;
}

base::Result<std::unique_ptr<Assessor::Import>> Assessor::Import::make(Assessor& assessor, TenantId tenant,
                                                                       const std::string& payload) {
    TRY_VALUE(const json::Value document, json::parse(payload));
    auto work = std::unique_ptr<Import>(new Import(assessor, tenant));
    const auto add = [&](const json::Value& value) -> base::Status {
        Feed feed;
        TRY_VALUE(feed.arrival, read_arrival(value));
        TRY_VALUE(const auto kept, value.optional_string_at("kept"));
        feed.kept = kept.value_or("");
        feed.outcome.part = feed.arrival.part;
        work->feeds_.push_back(std::move(feed));
        return {};
    };
    // Before there were several, a job was queued with one.
    if (!document.find("feeds")) {
        TRY(add(document));
        return work;
    }
    TRY_VALUE(const json::Value feeds, document.array_at("feeds"));
    for (const json::Value& value : feeds.items())
        TRY(add(value));
    TRY_VALUE(const bool force, document.bool_at("force"));
    TRY_VALUE(const bool together, document.bool_at("together"));
    work->force_ = force ? Force::yes : Force::no;
    work->together_ = together ? Together::yes : Together::no;
    return work;
}

base::Result<Progress> Assessor::Import::step() {
    switch (stage_) {
    case 0:
        return unpack();
    case 1:
        return read();
    case 2:
        return keep();
    case 3:
        return compile();
    case 4:
        return assess();
    default:
        return end();
    }
}

std::vector<Imported> Assessor::Import::imported() const {
    std::vector<Imported> all;
    for (const Feed& feed : feeds_)
        all.push_back(feed.outcome);
    return all;
}

Progress Assessor::Import::progress(std::uint64_t done, std::string detail) const {
    return {false, done, kStages, std::move(detail), {}, false};
}

std::string Assessor::Import::told() const {
    if (feeds_.size() == 1) return feeds_.front().told;
    std::uint64_t records = 0, refused = 0, kept = 0;
    for (const Feed& feed : feeds_) {
        records += feed.row.accepted;
        refused += feed.row.rejected;
        kept += feed.outcome.refused.empty() ? 1 : 0;
    }
    std::string text = std::to_string(kept) + " feeds with " + std::to_string(records) + " records read";
    if (refused > 0) text += ", " + std::to_string(refused) + " refused";
    return text;
}

void Assessor::Import::discard(const Feed& feed) {
    if (feed.is_kept) return;
    const base::Status dropped = assessor_.files_.discard(feed.arrival.incoming);
    if (!dropped.ok()) assessor_.log_.write(base::LogLevel::warning, "feed", dropped.error().text());
}

// What ends before it is kept leaves nothing behind.
base::Status Assessor::Import::refuse(Feed& feed, base::Error why) {
    feed.done = true;
    feed.outcome.refused = why.text();
    discard(feed);
    if (together_ == Together::no && feeds_.size() > 1) return {};
    for (Feed& other : feeds_)
        if (!other.done) discard(other);
    if (feeds_.size() == 1) return why;
    return std::move(why).wrap("nothing was imported");
}

// A bundle becomes the feeds that are in it, once all of it was found whole; then none of them is imported
// without the others.
base::Result<Progress> Assessor::Import::unpack() {
    stage_ = 1;
    if (feeds_.size() != 1 || !feeds_.front().kept.empty()) return read();
    TRY_VALUE(const bool bundled, is_bundle(assessor_.files_, feeds_.front().arrival.incoming));
    if (!bundled) return read();
    const std::string bundle = feeds_.front().arrival.incoming;
    auto inside = unpack_bundle(assessor_.files_, bundle);
    const base::Status dropped = assessor_.files_.discard(bundle);
    if (!inside.ok())
        return std::move(inside).error().wrap("nothing was imported of " + feeds_.front().arrival.file_name);
    TRY(dropped);
    feeds_.clear();
    for (Arrival& arrival : *inside) {
        Feed feed;
        feed.outcome.part = arrival.part;
        feed.arrival = std::move(arrival);
        feeds_.push_back(std::move(feed));
    }
    together_ = Together::yes;
    Progress so_far = progress(0, std::to_string(feeds_.size()) + " feeds in the bundle");
    so_far.payload = payload();
    so_far.checkpoint = true;
    return so_far;
}

base::Result<Progress> Assessor::Import::read() {
    const auto unread = [](const Feed& feed) { return !feed.read && !feed.done; };
    if (const auto next = std::ranges::find_if(feeds_, unread); next != feeds_.end()) {
        base::Status seen = read(*next);
        if (!seen.ok()) TRY(refuse(*next, std::move(seen).error()));
    }
    if (std::ranges::any_of(feeds_, unread)) return progress(0, told());
    stage_ = 2;
    Progress so_far = progress(1, told() + "; compiling");
    so_far.payload = payload();
    so_far.checkpoint = true;
    return so_far;
}

base::Status Assessor::Import::read(Feed& feed) {
    const Arrival& arrival = feed.arrival;
    const feeds::Sink nowhere = [](feeds::Item&&) -> base::Status { return {}; };
    auto seen = read_feed(assessor_.files_, arrival.incoming, arrival.file_name, nowhere);
    if (!seen.ok() && seen.error().kind == base::ErrorKind::not_found && !feed.kept.empty()) {
        feed.is_kept = true; // the interruption came after that
        seen = read_feed(assessor_.files_, feed.kept, arrival.file_name, nowhere);
    }
    if (!seen.ok()) return std::move(seen).error().wrap("reading " + arrival.file_name);
    const feeds::Tally& tally = seen->tally;
    const std::string first =
        tally.reasons.empty() ? "" : tally.reasons.front().where + ": " + tally.reasons.front().reason;
    if (!tally.whole)
        return base::corrupt(arrival.file_name + " is cut off or broken in the middle (" + first +
                             "): nothing was changed, so that no half of it counts");
    if (tally.accepted == 0)
        return base::invalid(arrival.file_name + " has no record that could be read; the first of " +
                             std::to_string(tally.rejected) +
                             " refused: " + (first.empty() ? "none" : first));
    if (!arrival.kind.empty() && arrival.kind != feeds::to_string(seen->kind))
        return base::invalid(arrival.file_name + " has records of the kind " +
                             std::string(feeds::to_string(seen->kind)) + ", where " + arrival.kind +
                             " was expected");
    feed.kept = kept_name(seen->kind, arrival.file_name, arrival.part, tally.edition);
    feed.row.name = feed.row.raw_file = feed.outcome.kept = feed.kept;
    feed.row.newest = seen->newest;
    feed.row.accepted = feed.outcome.accepted = tally.accepted;
    feed.row.rejected = feed.outcome.rejected = tally.rejected;
    for (const advisory::Rejected& rejected : tally.reasons)
        feed.row.rejects.push_back(rejected.where + ": " + rejected.reason);
    feed.digest = seen->digest;
    feed.kind = seen->kind;
    feed.told = std::to_string(tally.accepted) + " records read";
    if (tally.rejected > 0)
        feed.told += ", " + std::to_string(tally.rejected) + " refused (the first: " + first + ")";
    feed.read = true;
    return {};
}

// Before any of them is kept: whether it may take the place of what is held.
base::Status Assessor::Import::judge(Feed& feed) {
    if (feed.is_kept) return {};
    const auto held = assessor_.core_.control.find<ports::FeedRow>(tenant_, feed.kept);
    if (held && feed.digest == digest_of(assessor_.files_, feed.kept)) {
        feed.outcome.same = true;
        feed.told = "the same as what was imported on " + base::to_date(held->imported) + "; nothing changed";
        return {};
    }
    // The row of one that was kept a moment ago may not be committed yet.
    base::TimePoint& newest = assessor_.newest_kept_[feed.kept];
    if (held) newest = std::max(newest, held->newest);
    if (force_ == Force::yes) return {};
    const std::string& name = feed.arrival.file_name;
    if (feed.row.newest == base::TimePoint{} && newest != base::TimePoint{})
        return base::conflict(
            name + " does not say of when it is, and what is held does (" + feed.kept + " of " +
            base::to_date(newest) +
            "): nothing was changed, so that no knowledge is lost; if it is right, import it "
            "with --force");
    if (feed.row.newest < newest && feed.kind == feeds::FeedKind::epss) {
        feed.earlier = feed.outcome.same = true;
        feed.told = std::to_string(feed.row.accepted) + " scores of " + base::to_date(feed.row.newest) +
                    " kept as history; the present ones are of " + base::to_date(newest);
        return {};
    }
    if (feed.row.newest < newest)
        return base::conflict(name + " is of " + base::to_date(feed.row.newest) +
                              ", older than what is held (" + feed.kept + " of " + base::to_date(newest) +
                              "): nothing was changed, so that no knowledge is lost; if it is right, import "
                              "it with --force");
    const std::uint64_t before = feed.arrival.records_before.value_or(held ? held->accepted : 0);
    if (source::has_shrunk(before, feed.row.accepted))
        return base::conflict(name + " has " + grouped(feed.row.accepted) + " records where " +
                              grouped(before) + " are held (" + feed.kept +
                              "): it may be cut or broken, so nothing was changed; if it is right, import it "
                              "with --force");
    return {};
}

base::Status Assessor::Import::remember_scores(const Feed& feed) {
    std::vector<advisory::EpssScore> scores;
    const auto seen = read_feed(assessor_.files_, feed.arrival.incoming, feed.arrival.file_name,
                                [&](feeds::Item&& item) -> base::Status {
                                    if (auto* score = std::get_if<advisory::EpssScore>(&item))
                                        scores.push_back(std::move(*score));
                                    return {};
                                });
    if (!seen.ok()) return seen.error();
    return assessor_.remember(feed.row.newest, scores);
}

// In one step, so that nothing else is kept between the judgement and what follows from it.
base::Result<Progress> Assessor::Import::keep() {
    for (Feed& feed : feeds_)
        if (!feed.done)
            if (base::Status judged = judge(feed); !judged.ok()) TRY(refuse(feed, std::move(judged).error()));
    for (Feed& feed : feeds_) {
        if (feed.done) continue;
        TRY(keep(feed));
        feed.done = true;
    }
    stage_ = 3;
    return progress(2, told() + "; compiling");
}

base::Status Assessor::Import::keep(Feed& feed) {
    if (feed.earlier) {
        TRY(remember_scores(feed));
        assessor_.stale_ = true; // what is read has the history with it
    }
    if (feed.outcome.same) {
        discard(feed);
        // A source said again that this is what it has: it is of now.
        const auto held = assessor_.core_.control.find<ports::FeedRow>(tenant_, feed.kept);
        if (held && !feed.arrival.part.empty()) note(*held, false);
        return {};
    }
    if (!feed.is_kept) {
        TRY(assessor_.files_.keep(feed.arrival.incoming, feed.kept));
        assessor_.newest_kept_[feed.kept] = feed.row.newest;
        feed.is_kept = true;
    }
    assessor_.stale_ = true;
    note(feed.row, true);
    return {};
}

void Assessor::Import::note(ports::FeedRow row, bool changed) {
    assessor_.core_.writer.submit(
        shard::control_of(tenant_), shard::Priority::person,
        [row = std::move(row), changed](Transaction& transaction) mutable -> base::Status {
            row.imported = transaction.now();
            if (changed) transaction.change("feed", row.name);
            transaction.put(std::move(row));
            return {};
        },
        [log = &assessor_.log_](base::Status status) {
            if (!status.ok())
                log->write(base::LogLevel::error, "feed",
                           "the import could not be noted: " + status.error().text());
        });
}

base::Result<Progress> Assessor::Import::compile() {
    const bool nothing = feeds_.size() == 1 && feeds_.front().outcome.same && !assessor_.stale_;
    if (nothing) return Progress{true, kStages, kStages, told(), {}, false};
    if (!assessor_.stale_) return end();
    TRY(assessor_.compile_kept());
    stage_ = 4;
    return progress(3, told() + "; " + std::to_string(assessor_.knowledge()->file.size()) +
                           " advisories; assessing the fleet");
}

base::Result<Progress> Assessor::Import::assess() {
    for (const TenantId tenant : assessor_.core_.control.tenants())
        assessor_.reassess(tenant);
    Progress so_far = progress(kStages, told() + "; " + std::to_string(assessor_.knowledge()->file.size()) +
                                            " advisories at hand");
    so_far.wait = [this](std::function<void()> go_on) { assessor_.when_noted(tenant_, std::move(go_on)); };
    stage_ = 5;
    return so_far;
}

base::Result<Progress> Assessor::Import::end() const {
    std::string refused;
    for (const Feed& feed : feeds_)
        if (!feed.outcome.refused.empty()) refused += (refused.empty() ? "" : "; ") + feed.outcome.refused;
    const std::string detail =
        told() + "; " + std::to_string(assessor_.knowledge()->file.size()) + " advisories at hand";
    if (!refused.empty()) return base::conflict(detail + "; not imported: " + refused);
    return Progress{true, kStages, kStages, detail, {}, false};
}

void Assessor::register_jobs() {
    jobs_.kind(
        "feed import",
        [this](TenantId tenant, const ports::JobRow& row) -> base::Result<std::unique_ptr<shard::JobWork>> {
            TRY_VALUE(std::unique_ptr<ImportWork> work, import_work(tenant, row.payload));
            return std::unique_ptr<shard::JobWork>(std::move(work));
        });
}

base::Result<std::unique_ptr<ImportWork>> Assessor::import_work(TenantId tenant, const std::string& payload) {
    TRY_VALUE(std::unique_ptr<Import> work, Import::make(*this, tenant, payload));
    return std::unique_ptr<ImportWork>(std::move(work));
}

void Assessor::confirm(TenantId tenant, const std::vector<std::string>& kept) {
    core_.writer.submit(
        shard::control_of(tenant), shard::Priority::person,
        [kept](Transaction& transaction) -> base::Status {
            for (const std::string& name : kept) {
                const auto held = transaction.find<ports::FeedRow>(name);
                if (!held) continue;
                ports::FeedRow row = *held;
                row.imported = transaction.now();
                transaction.put(std::move(row));
            }
            return {};
        },
        [log = &log_](base::Status status) {
            if (!status.ok())
                log->write(base::LogLevel::error, "feed",
                           "that feeds are current could not be noted: " + status.error().text());
        });
}

void Assessor::import_feed(access::Actor actor, std::string incoming, std::string file_name, Force force,
                           shard::Completion<std::string> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::feed_import); !allowed.ok())
        return done(std::move(allowed).error());
    Arrivals arrivals;
    arrivals.force = force;
    arrivals.feeds.push_back({std::move(incoming), file_name, "", "", std::nullopt});
    jobs_.enqueue(fleet::tenant_of(actor), "feed import", "reading " + file_name, import_payload(arrivals),
                  {actor.text(), "feed.import", "feed " + file_name, "",
                   force == Force::yes ? "{\"force\":true}" : "", ""},
                  std::move(done));
}

} // namespace oakum::assessment
