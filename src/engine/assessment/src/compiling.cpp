// SPDX-License-Identifier: Apache-2.0
// From the kept feeds to the compiled file that is read.
#include "deadline_book.hpp"
#include "import.hpp"
#include "weighed.hpp"

#include <advisory/compiler.hpp>
#include <advisory/notice_record.hpp>
#include <assessment/notices.hpp>
#include <risk/cvss.hpp>
#include <risk/deadline_policy.hpp>

#include <algorithm>

namespace oakum::assessment {

using device::TenantId;

std::vector<int> listed_days(const advisory::AdvisoryFile& file) {
    std::set<int> lengths;
    for (std::uint32_t i = 0; i < file.size(); ++i) {
        if (!file.is_exploited(i)) continue;
        const advisory::AdvisoryView view = file.brief(i);
        if (!view.kev || view.kev->added == base::TimePoint{} || view.kev->due <= view.kev->added) continue;
        const auto days = std::chrono::floor<std::chrono::days>(view.kev->due - view.kev->added).count();
        if (days >= 1 && days <= risk::DeadlinePolicy::kMaxDays) lengths.insert(static_cast<int>(days));
    }
    return {lengths.begin(), lengths.end()};
}

namespace {

// Since when an advisory is in our data is carried from the file that this one replaces. When that cannot be
// read (another version's), or is lost, nobody knows it of anything; `first`: nothing was ever imported.
base::Result<base::Bytes> compile_after(ports::FeedFiles& files, base::TimePoint now, bool first,
                                        advisory::AdvisoryCompiler& compiler) {
    const auto compiled = files.compiled();
    if (!compiled.ok())
        return compiled.error().kind == base::ErrorKind::not_found && first ? compiler.compile({nullptr, now})
                                                                            : compiler.compile();
    const auto before = advisory::AdvisoryFile::open((*compiled)->bytes());
    return before.ok() ? compiler.compile({&*before, now}) : compiler.compile();
}

} // namespace

base::Status Assessor::compile_kept() {
    base::Lock one_at_a_time(compile_mutex_);
    stale_ = false; // what is kept from here on is compiled by whoever keeps it
    const std::string notices = notices_mark(core_.control);
    base::Status compiled = [this]() -> base::Status {
        advisory::AdvisoryCompiler compiler(risk::base_score);
        TRY_VALUE(const std::vector<std::string> names, files_.kept());
        const auto tenants = core_.control.tenants();
        const bool imported = std::any_of(tenants.begin(), tenants.end(), [this](TenantId tenant) {
            return !core_.control.list<ports::FeedRow>(tenant).empty();
        });
        // A file of our own notices alone would close what feeds that are lost had found.
        if (names.empty() && imported)
            return base::unavailable("the advisories that were imported are not here; import them again");
        for (const std::string& name : names) {
            std::vector<advisory::EpssScore> scores;
            auto seen = read_feed(files_, name, name, [&](feeds::Item&& item) -> base::Status {
                std::visit([&](const auto& value) { compiler.add(value); }, item);
                if (auto* score = std::get_if<advisory::EpssScore>(&item))
                    scores.push_back(std::move(*score));
                return {};
            });
            if (!seen.ok()) return std::move(seen).error().wrap("compiling " + name);
            if (seen->kind == feeds::FeedKind::epss) TRY(remember(seen->newest, scores));
        }
        for (const TenantId tenant : core_.control.tenants())
            for (const auto& row : core_.control.list<ports::NoticeRow>(tenant))
                if (!row->withdrawn)
                    compiler.add(advisory::record_of(row->id, row->notice, row->created, row->changed));
        TRY_VALUE(const base::Bytes bytes, compile_after(files_, core_.clock.now(), !imported, compiler));
        TRY_VALUE([[maybe_unused]] const advisory::AdvisoryFile checked, advisory::AdvisoryFile::open(bytes));
        TRY(files_.replace_compiled(bytes));
        return open_compiled();
    }();
    if (!compiled.ok()) {
        stale_ = true;
        return compiled;
    }
    note_compiled(notices);
    return {};
}

// What of our own notices is in the file: whoever ends before this is stored compiles them again.
void Assessor::note_compiled(const std::string& notices) {
    if (!lacks_notices() || core_.control.document(device::kDefaultTenant, kNoticesCompiled) == notices)
        return;
    core_.writer.submit(
        shard::control_of(device::kDefaultTenant), shard::Priority::inventory,
        [notices](shard::Transaction& transaction) -> base::Status {
            transaction.put(ports::DocumentRow{kNoticesCompiled, notices});
            return {};
        },
        [log = &log_](base::Status status) {
            if (!status.ok())
                log->write(base::LogLevel::warning, "assessment",
                           "own advisories are compiled, which could not be noted: " + status.error().text());
        });
}

bool Assessor::lacks_notices() const {
    const std::string compiled = core_.control.document(device::kDefaultTenant, kNoticesCompiled);
    const std::string stored = notices_mark(core_.control);
    return stored != compiled && !(compiled.empty() && stored == "1");
}

// A history that cannot be read is begun anew: it only says what was.
risk::EpssHistory Assessor::scores() const {
    const auto bytes = files_.scores();
    auto history =
        bytes.ok() ? risk::EpssHistory::read(*bytes) : base::Result<risk::EpssHistory>(bytes.error());
    if (history.ok()) return *std::move(history);
    if (history.error().kind != base::ErrorKind::not_found)
        log_.write(base::LogLevel::warning, "assessment", history.error().text() + "; it is begun anew");
    return {};
}

base::Status Assessor::remember(base::TimePoint day, const std::vector<advisory::EpssScore>& scores) {
    if (day == base::TimePoint{}) return {}; // it does not say of when it is
    std::vector<risk::EpssHistory::Said> said;
    said.reserve(scores.size());
    for (const advisory::EpssScore& score : scores)
        said.push_back({score.id, score.probability});
    risk::EpssHistory history = this->scores();
    history.add(day, said);
    return files_.replace_scores(history.write());
}

base::Status Assessor::open_compiled() {
    auto knowledge = std::make_shared<Knowledge>();
    TRY_VALUE(knowledge->bytes, files_.compiled());
    TRY_VALUE(knowledge->file, advisory::AdvisoryFile::open(knowledge->bytes->bytes()));
    base::TimePoint newest{}; // what does not say of when it is counts for nothing
    for (const TenantId tenant : core_.control.tenants())
        for (const auto& feed : core_.control.list<ports::FeedRow>(tenant))
            newest = std::max(newest, feed->newest);
    for (const auto& [feed, kept] : newest_kept_) // the rows of these may not be committed yet
        newest = std::max(newest, kept);
    if (newest != base::TimePoint{}) knowledge->newest_record = newest;
    knowledge->listed_days = listed_days(knowledge->file);
    knowledge->scores = std::make_shared<const risk::EpssHistory>(scores());
    for (std::uint32_t i = 0; !knowledge->scores->empty() && i < knowledge->file.size(); ++i)
        if (risk::rise(knowledge->scores->of(knowledge->file.id(i)))) knowledge->risen.push_back(i);
    std::vector<std::string> exploited;
    for (std::uint32_t i = 0; i < knowledge->file.size(); ++i)
        if (knowledge->file.is_exploited(i)) exploited.emplace_back(knowledge->file.id(i));
    for (const TenantId tenant : core_.control.tenants()) {
        core_.software.publish_kev(tenant, exploited);
        core_.software.publish_deadlines(tenant, deadline_book(knowledge, deadlines_.in_force(tenant)));
    }
    knowledge_.store(std::move(knowledge));
    return {};
}

void Assessor::compile_soon() {
    stale_ = true;
    background_.post([this] {
        if (const base::Status again = compile_kept(); !again.ok())
            return log_.write(base::LogLevel::error, "assessment", again.error().text());
        for (const TenantId tenant : core_.control.tenants())
            reassess(tenant);
    });
}

// Then it is taken up again, and compiles.
bool Assessor::is_import_under_way() const {
    for (const TenantId tenant : core_.control.tenants())
        for (const auto& job : core_.control.list<ports::JobRow>(tenant))
            if (job->kind == "feed import" && (job->state == "queued" || job->state == "running"))
                return true;
    return false;
}

base::Status Assessor::reload() {
    TRY(open_compiled());
    for (const TenantId tenant : core_.control.tenants())
        reassess(tenant);
    return {};
}

} // namespace oakum::assessment
