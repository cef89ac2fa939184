// SPDX-License-Identifier: Apache-2.0
#include "import.hpp"

#include <advisory/compiler.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <risk/cvss.hpp>

#include <algorithm>

namespace oakum::assessment {

using device::SetId;
using device::TenantId;
using ports::SetFindingRow;
using shard::Transaction;

namespace {

constexpr std::size_t kSetsACommand = 16;
constexpr auto kAgain = std::chrono::seconds(30); // after findings could not be noted

// What begins and what ends between a subject's open findings and what was found now.
struct Difference {
    std::vector<const advisory::SetVerdict*> begins;
    std::vector<const fleet::SetFinding*> ends;
};

// `open` in the order of (advisory, component).
Difference difference(const std::vector<fleet::SetFinding>& open, const AssessedSet& now) {
    struct Found {
        std::string_view advisory;
        device::ComponentId component;
        const advisory::SetVerdict* verdict;
    };
    std::vector<Found> found;
    for (const advisory::SetVerdict& one : now.assessment.verdicts)
        if (one.verdict.verdict == advisory::Verdict::affected ||
            one.verdict.verdict == advisory::Verdict::unknown)
            found.push_back(
                {now.knowledge->file.id(one.verdict.advisory), now.contents->ids[one.component], &one});
    std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
        return std::tie(a.advisory, a.component) < std::tie(b.advisory, b.component);
    });
    Difference out;
    auto before = open.begin();
    for (const Found& one : found) {
        const auto earlier = [&](const fleet::SetFinding& finding) {
            const int by = std::string_view(finding.advisory).compare(one.advisory);
            return by != 0 ? by < 0 : finding.component < one.component;
        };
        for (; before != open.end() && earlier(*before); ++before)
            out.ends.push_back(&*before);
        const bool known =
            before != open.end() && before->advisory == one.advisory && before->component == one.component;
        if (!known || before->verdict != stored(one.verdict->verdict.verdict))
            out.begins.push_back(one.verdict);
        if (known) ++before;
    }
    for (; before != open.end(); ++before)
        out.ends.push_back(&*before);
    return out;
}

SetFindingRow begun(SetId subject, const AssessedSet& now, const advisory::SetVerdict& found,
                    base::TimePoint at) {
    const advisory::AdvisoryFile& file = now.knowledge->file;
    SetFindingRow row;
    row.set = subject;
    row.advisory = std::string(file.id(found.verdict.advisory));
    row.component = now.contents->ids[found.component];
    row.verdict = stored(found.verdict.verdict);
    row.from = at;
    row.reason = found.statement.empty()
                     ? advisory::evidence(file, now.components()[found.component], found.verdict).sentence
                     : found.statement;
    return row;
}

std::string import_payload(const std::string& incoming, const std::string& file, const std::string& kept) {
    std::string payload;
    json::Writer(payload)
        .begin_object()
        .member("incoming", incoming)
        .member("file", file)
        .member("kept", kept)
        .end_object();
    return payload;
}

} // namespace

ports::Verdict stored(advisory::Verdict verdict) {
    switch (verdict) {
    case advisory::Verdict::affected:
        return ports::Verdict::affected;
    case advisory::Verdict::not_affected:
        return ports::Verdict::not_affected;
    case advisory::Verdict::fixed:
        return ports::Verdict::fixed;
    case advisory::Verdict::unknown:
        return ports::Verdict::unknown;
    }
    return ports::Verdict::unknown;
}

Assessor::Assessor(fleet::Core& core, ports::FeedFiles& files, shard::Jobs& jobs, ports::Executor& background,
                   base::LogSink& log)
    : core_(core), files_(files), jobs_(jobs), background_(background), log_(log),
      knowledge_(std::make_shared<const Knowledge>()) {}

// Read through once to count and refuse; kept; everything compiled anew; every set assessed. Each step may be
// done again after an interruption; the first two change nothing that a reader sees. Imports that wait
// together are read and kept first, and compiled once.
class Assessor::Import final : public shard::JobWork {
  public:
    // `kept`: as what it was about to be kept, when it was interrupted after it had been read.
    Import(Assessor& assessor, TenantId tenant, std::string incoming, std::string file_name, std::string kept)
        : assessor_(assessor), tenant_(tenant), incoming_(std::move(incoming)),
          file_name_(std::move(file_name)), kept_(std::move(kept)) {}

    base::Result<shard::Progress> step() override {
        switch (stage_) {
        case 0:
            return or_discarded(read());
        case 1:
            return or_discarded(keep());
        case 2:
            return compile();
        case 3:
            return assess();
        default:
            return end();
        }
    }

  private:
    // What ends before it is kept leaves nothing behind.
    base::Result<shard::Progress> or_discarded(base::Result<shard::Progress> progress) {
        if (progress.ok() && !progress->finished) return progress;
        const base::Status dropped = assessor_.files_.discard(incoming_);
        if (!dropped.ok()) assessor_.log_.write(base::LogLevel::warning, "feed", dropped.error().text());
        return progress;
    }

    base::Result<shard::Progress> read() {
        const feeds::Sink nowhere = [](feeds::Item&&) -> base::Status { return {}; };
        auto seen = read_feed(assessor_.files_, incoming_, file_name_, nowhere);
        if (!seen.ok() && seen.error().kind == base::ErrorKind::not_found && !kept_.empty()) {
            is_kept_ = true; // the interruption came after that
            seen = read_feed(assessor_.files_, kept_, file_name_, nowhere);
        }
        if (!seen.ok()) return std::move(seen).error().wrap("reading " + file_name_);
        const feeds::Tally& tally = seen->tally;
        const std::string first =
            tally.reasons.empty() ? "" : tally.reasons.front().where + ": " + tally.reasons.front().reason;
        if (tally.accepted == 0)
            return base::invalid(file_name_ + " has no record that could be read; the first of " +
                                 std::to_string(tally.rejected) +
                                 " refused: " + (first.empty() ? "none" : first));
        kept_ = kept_name(seen->kind, file_name_);
        row_.name = row_.raw_file = kept_;
        row_.newest = seen->newest;
        row_.accepted = tally.accepted;
        row_.rejected = tally.rejected;
        for (const advisory::Rejected& rejected : tally.reasons)
            row_.rejects.push_back(rejected.where + ": " + rejected.reason);
        digest_ = seen->digest;
        read_ = std::to_string(tally.accepted) + " records read";
        if (tally.rejected > 0)
            read_ += ", " + std::to_string(tally.rejected) + " refused (the first: " + first + ")";
        stage_ = 1;
        return shard::Progress{
            false, 1, 4, read_ + "; compiling", import_payload(incoming_, file_name_, kept_), true};
    }

    base::Result<shard::Progress> keep() {
        if (!is_kept_) {
            const auto held = assessor_.core_.control.find<ports::FeedRow>(tenant_, kept_);
            if (held && digest_ == digest_of(assessor_.files_, kept_)) {
                read_ =
                    "the same as what was imported on " + base::to_date(held->imported) + "; nothing changed";
                if (!assessor_.stale_) return shard::Progress{true, 4, 4, read_, {}, false};
                stage_ = 2; // what others keep still waits
                return shard::Progress{false, 2, 4, read_, {}, false};
            }
            // The row of one that was kept a moment ago may not be committed yet.
            base::TimePoint& newest = assessor_.newest_kept_[kept_];
            if (held) newest = std::max(newest, held->newest);
            if (row_.newest < newest)
                return base::conflict(file_name_ + " is of " + base::to_date(row_.newest) +
                                      ", older than what is held (" + kept_ + " of " + base::to_date(newest) +
                                      "): nothing was changed, so that no knowledge is lost");
            TRY(assessor_.files_.keep(incoming_, kept_));
            newest = row_.newest;
        }
        assessor_.stale_ = true;
        assessor_.core_.writer.submit(
            shard::control_of(tenant_), shard::Priority::person,
            [row = row_](Transaction& transaction) mutable -> base::Status {
                row.imported = transaction.now();
                transaction.change("feed", row.name);
                transaction.put(std::move(row));
                return {};
            },
            [log = &assessor_.log_](base::Status status) {
                if (!status.ok())
                    log->write(base::LogLevel::error, "feed",
                               "the import could not be noted: " + status.error().text());
            });
        stage_ = 2;
        return shard::Progress{false, 2, 4, read_ + "; compiling", {}, false};
    }

    base::Result<shard::Progress> compile() {
        if (!assessor_.stale_) return end();
        TRY(assessor_.compile_kept());
        stage_ = 3;
        return shard::Progress{
            false,
            3,
            4,
            read_ + "; " + std::to_string(assessor_.knowledge()->file.size()) + " advisories; assessing the fleet",
            {},
            false};
    }

    base::Result<shard::Progress> assess() {
        for (const TenantId tenant : assessor_.core_.control.tenants())
            assessor_.reassess(tenant);
        shard::Progress progress = end();
        progress.finished = false;
        progress.wait = [this](std::function<void()> go_on) {
            assessor_.when_noted(tenant_, std::move(go_on));
        };
        stage_ = 4;
        return progress;
    }

    shard::Progress end() const {
        return {
            true, 4,
            4,    read_ + "; " + std::to_string(assessor_.knowledge()->file.size()) + " advisories at hand",
            {},   false};
    }

    Assessor& assessor_;
    const TenantId tenant_;
    const std::string incoming_, file_name_;
    std::string kept_, read_;
    bool is_kept_ = false;
    base::Digest256 digest_;
    ports::FeedRow row_;
    int stage_ = 0;
};

base::Status Assessor::compile_kept() {
    base::Lock one_at_a_time(compile_mutex_);
    stale_ = false; // what is kept from here on is compiled by whoever keeps it
    const auto compiled = [this]() -> base::Status {
        advisory::AdvisoryCompiler compiler(risk::base_score);
        TRY_VALUE(const std::vector<std::string> names, files_.kept());
        for (const std::string& name : names) {
            auto seen = read_feed(files_, name, name, [&](feeds::Item&& item) -> base::Status {
                std::visit([&](const auto& value) { compiler.add(value); }, item);
                return {};
            });
            if (!seen.ok()) return std::move(seen).error().wrap("compiling " + name);
        }
        TRY_VALUE(const base::Bytes bytes, compiler.compile());
        TRY_VALUE([[maybe_unused]] const advisory::AdvisoryFile checked, advisory::AdvisoryFile::open(bytes));
        TRY(files_.replace_compiled(bytes));
        return open_compiled();
    }();
    if (!compiled.ok()) stale_ = true;
    return compiled;
}

void Assessor::register_jobs() {
    jobs_.kind(
        "feed import",
        [this](TenantId tenant, const ports::JobRow& row) -> base::Result<std::unique_ptr<shard::JobWork>> {
            TRY_VALUE(const json::Value payload, json::parse(row.payload));
            TRY_VALUE(std::string incoming, payload.string_at("incoming"));
            TRY_VALUE(std::string file, payload.string_at("file"));
            TRY_VALUE(const auto kept, payload.optional_string_at("kept"));
            return std::unique_ptr<shard::JobWork>(std::make_unique<Import>(
                *this, tenant, std::move(incoming), std::move(file), kept.value_or("")));
        });
}

base::Status Assessor::open_compiled() {
    auto knowledge = std::make_shared<Knowledge>();
    TRY_VALUE(knowledge->bytes, files_.compiled());
    TRY_VALUE(knowledge->file, advisory::AdvisoryFile::open(knowledge->bytes->bytes()));
    for (const TenantId tenant : core_.control.tenants())
        for (const auto& feed : core_.control.list<ports::FeedRow>(tenant))
            knowledge->newest_record =
                std::max(knowledge->newest_record.value_or(base::TimePoint{}), feed->newest);
    std::vector<std::string> exploited;
    for (std::uint32_t i = 0; i < knowledge->file.size(); ++i)
        if (knowledge->file.is_exploited(i)) exploited.emplace_back(knowledge->file.id(i));
    for (const TenantId tenant : core_.control.tenants())
        core_.software.publish_kev(tenant, exploited);
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

base::Status Assessor::start() {
    base::Status opened = open_compiled();
    if (!opened.ok() && opened.error().kind != base::ErrorKind::corrupt &&
        opened.error().kind != base::ErrorKind::not_found)
        return opened;
    if (!opened.ok()) {
        TRY_VALUE(const std::vector<std::string> kept, files_.kept());
        const std::vector<TenantId> tenants = core_.control.tenants();
        if (!kept.empty()) {
            // Of another version of this program, damaged, or never made: the kept feeds have all that is in
            // it.
            log_.write(base::LogLevel::warning, "assessment", opened.error().text() + "; compiling it again");
            compile_soon();
        } else if (std::any_of(tenants.begin(), tenants.end(), [this](TenantId tenant) {
                       return !core_.control.list<ports::FeedRow>(tenant).empty();
                   })) {
            log_.write(base::LogLevel::warning, "assessment",
                       "the advisories that were imported are not here; what was found stays as it was until "
                       "feeds are "
                       "imported again: oakum feed import FILE");
        }
    }
    if (opened.ok() && files_.kept_since_compiled() && !is_import_under_way()) {
        log_.write(base::LogLevel::info, "assessment", "a feed was kept and not compiled; compiling it");
        compile_soon();
    }
    core_.writer.on_committed([this](const shard::Committed& committed) { note(committed); });
    for (const TenantId tenant : core_.control.tenants())
        reassess(tenant);
    return {};
}

// A set is assessed when a firmware or a release has it, and when a device has it on what lies beneath.
void Assessor::note(const shard::Committed& committed) {
    bool any = false;
    base::Lock lock(mutex_);
    for (const ports::ShardRows& shard : committed.batch.shards)
        for (const ports::Row& row : shard.rows) {
            const auto add = [&](device::SetId set, device::SetId on) REQUIRES(mutex_) {
                if (set == SetId() || !seen_.insert({shard.tenant, set, on == set ? SetId() : on}).second)
                    return;
                waiting_[shard.tenant].push_back(fleet::subject(set, on));
                any = true;
            };
            if (const auto* set = std::get_if<ports::SoftwareSetRow>(&row)) {
                if (set->layer == ports::Layer::base) add(set->id, {});
            } else if (const auto* device = std::get_if<ports::DeviceRow>(&row)) {
                add(device->base_set, {});
                add(device->delta_set, device->base_set);
            }
        }
    if (any) background_.post([this] { assess_new(); });
}

void Assessor::assess_new() {
    std::map<TenantId, std::vector<fleet::Subject>> subjects;
    {
        base::Lock lock(mutex_);
        subjects.swap(waiting_);
    }
    for (auto& [tenant, those] : subjects)
        reassess(tenant, std::move(those));
}

std::shared_ptr<const AssessedFleet> Assessor::fleet(TenantId tenant) const {
    base::Lock lock(mutex_);
    const auto found = fleets_.find(tenant);
    if (found != fleets_.end()) return found->second;
    auto empty = std::make_shared<AssessedFleet>();
    empty->knowledge = knowledge_.load();
    return empty;
}

std::shared_ptr<const AssessedSet> Assessor::assess(TenantId tenant, SetId set, SetId on) const {
    const std::shared_ptr<const AssessedFleet> known = fleet(tenant);
    const std::shared_ptr<const Knowledge> knowledge = knowledge_.load();
    if (const auto found = known->sets.find(fleet::subject(set, on).id);
        found != known->sets.end() && found->second->knowledge == knowledge)
        return found->second;
    auto contents = core_.software.contents(tenant, set);
    if (!contents.ok()) return nullptr;
    auto assessed = std::make_shared<AssessedSet>();
    assessed->knowledge = knowledge;
    assessed->contents = std::make_shared<const SetContents>(*std::move(contents));
    const auto beneath = core_.software.components(tenant, on);
    assessed->assessment =
        advisory::match_set(knowledge->file, assessed->components(), assessed->contents->statements,
                            beneath.ok() ? std::span<const component::Component>(*beneath)
                                         : std::span<const component::Component>());
    return assessed;
}

// One answer never mixes two states of knowledge: what was assessed while a whole fleet is still on the way
// from one to the next waits for it.
bool Assessor::publish(TenantId tenant, const std::shared_ptr<const Knowledge>& knowledge,
                       const Assessed& assessed, bool whole) {
    base::Lock lock(mutex_);
    const auto before = fleets_.find(tenant);
    const bool same = before == fleets_.end() || before->second->knowledge == knowledge;
    if (!whole && !same) {
        for (const auto& [subject, outcome] : assessed)
            waiting_[tenant].push_back(subject);
        return false;
    }
    auto next = std::make_shared<AssessedFleet>();
    next->knowledge = knowledge;
    if (same && before != fleets_.end()) next->sets = before->second->sets;
    next->sets.reserve(assessed.size());
    for (const auto& [subject, outcome] : assessed)
        next->sets[subject.id] = outcome.set;
    fleets_[tenant] = std::move(next);
    if (whole && !waiting_.empty()) background_.post([this] { assess_new(); });
    return true;
}

void Assessor::reassess(TenantId tenant, std::optional<std::vector<fleet::Subject>> only) {
    base::Lock one_at_a_time(pass_mutex_);
    const bool whole = !only;
    const std::vector<fleet::Subject> subjects = only ? *std::move(only) : core_.software.subjects(tenant);
    if (whole) {
        base::Lock lock(mutex_);
        for (const fleet::Subject& subject : subjects)
            seen_.insert({tenant, subject.set, subject.on});
    }
    const std::shared_ptr<const Knowledge> knowledge = knowledge_.load();
    Pass& pass = passes_.try_emplace(tenant, core_.software, tenant).first->second;
    pass.begin(knowledge, fleet(tenant));
    Assessed assessed;
    assessed.reserve(subjects.size());
    for (const fleet::Subject& subject : subjects)
        if (auto outcome = pass.assess(subject)) assessed.emplace_back(subject, *std::move(outcome));
    const bool published = publish(tenant, knowledge, assessed, whole);
    pass.end();
    if (published) note_findings(tenant, assessed, whole, knowledge->file.size() > 0);
}

// One command of a tenant at a time, so that each is decided by what the one before has stored, and the
// writer's queue never fills with them.
void Assessor::note_findings(TenantId tenant, const Assessed& assessed, bool whole, bool knows) {
    bool in_step = false;
    bool idle = false;
    {
        base::Lock lock(mutex_);
        Unnoted& unnoted = unnoted_[tenant];
        idle = !unnoted.busy;
        in_step = std::exchange(unnoted.in_step, knows && (whole || unnoted.in_step)) || !whole;
    }
    if (!knows) return; // who knows nothing closes nothing
    std::vector<SetId> differ;
    for (const auto& [subject, outcome] : assessed) {
        if (in_step && !outcome.changed) continue;
        if (!in_step && idle) { // after a restart the store has most of it already
            const auto open = core_.software.findings(tenant, subject.id);
            const Difference changes = difference(open, *outcome.set);
            if (changes.begins.empty() && changes.ends.empty()) continue;
        }
        differ.push_back(subject.id);
    }
    note_also(tenant, differ);
}

void Assessor::note_also(TenantId tenant, const std::vector<SetId>& subjects) {
    {
        base::Lock lock(mutex_);
        Unnoted& unnoted = unnoted_[tenant];
        unnoted.subjects.insert(subjects.begin(), subjects.end());
        if (unnoted.busy || unnoted.subjects.empty()) return;
        unnoted.busy = true;
    }
    note_next(tenant);
}

void Assessor::note_next(TenantId tenant) {
    std::vector<SetId> some;
    std::vector<std::function<void()>> waited;
    {
        base::Lock lock(mutex_);
        Unnoted& unnoted = unnoted_[tenant];
        while (some.size() < kSetsACommand && !unnoted.subjects.empty())
            some.push_back(unnoted.subjects.extract(unnoted.subjects.begin()).value());
        if (some.empty()) {
            unnoted.busy = false;
            waited.swap(unnoted.waited);
        }
    }
    for (const auto& go_on : waited)
        go_on();
    if (some.empty()) return;
    core_.writer.submit(
        shard::control_of(tenant), shard::Priority::inventory,
        [this, tenant, some](Transaction& transaction) -> base::Status {
            const std::shared_ptr<const AssessedFleet> newest = fleet(tenant);
            if (newest->knowledge->file.size() == 0) return {};
            std::size_t changed = 0;
            for (const SetId subject : some) {
                const auto assessed = newest->sets.find(subject);
                if (assessed == newest->sets.end()) continue;
                const auto open = core_.software.findings(tenant, subject);
                const Difference changes = difference(open, *assessed->second);
                for (const advisory::SetVerdict* found : changes.begins)
                    transaction.put(begun(subject, *assessed->second, *found, transaction.now()));
                for (const fleet::SetFinding* finding : changes.ends)
                    transaction.put(SetFindingRow{subject, finding->advisory, finding->component,
                                                  finding->verdict, finding->reason, finding->from,
                                                  transaction.now()});
                changed += changes.begins.size() + changes.ends.size();
            }
            if (changed > 0)
                transaction.change("finding", std::to_string(changed),
                                   R"({"changed":)" + std::to_string(changed) + "}");
            return {};
        },
        [this, tenant, some](base::Status status) {
            if (status.ok()) return note_next(tenant);
            log_.write(base::LogLevel::error, "assessment",
                       "findings could not be noted, and will be later: " + status.error().text());
            std::vector<std::function<void()>> let_go;
            {
                base::Lock lock(mutex_);
                Unnoted& unnoted = unnoted_[tenant];
                unnoted.subjects.insert(some.begin(), some.end());
                unnoted.busy = false;
                let_go.swap(unnoted.waited);
            }
            for (const auto& go_on : let_go)
                go_on();
            background_.post_after(kAgain, [this, tenant] { note_also(tenant, {}); });
        });
}

void Assessor::when_noted(TenantId tenant, std::function<void()> then) {
    {
        base::Lock lock(mutex_);
        Unnoted& unnoted = unnoted_[tenant];
        if (unnoted.busy) return unnoted.waited.push_back(std::move(then));
    }
    then();
}

void Assessor::import_feed(access::Actor actor, std::string incoming, std::string file_name,
                           shard::Completion<std::string> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::feed_import); !allowed.ok())
        return done(std::move(allowed).error());
    jobs_.enqueue(fleet::tenant_of(actor), "feed import", "reading " + file_name,
                  import_payload(incoming, file_name, ""),
                  {actor.text(), "feed.import", "feed " + file_name, "", "", ""}, std::move(done));
}

} // namespace oakum::assessment
