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

// The rows that take a set from its open findings to what was found now.
std::vector<SetFindingRow> difference(SetId set, const std::vector<fleet::SetFinding>& open,
                                      const AssessedSet& now, base::TimePoint at) {
    std::map<std::pair<std::string, device::ComponentId>, const fleet::SetFinding*> before;
    for (const fleet::SetFinding& finding : open)
        before[{finding.advisory, finding.component}] = &finding;
    std::vector<SetFindingRow> rows;
    for (const advisory::SetVerdict& found : now.assessment.verdicts) {
        if (found.verdict.verdict != advisory::Verdict::affected &&
            found.verdict.verdict != advisory::Verdict::unknown)
            continue;
        SetFindingRow row;
        row.set = set;
        row.advisory = std::string(now.knowledge->file.id(found.verdict.advisory));
        row.component = fleet::component_id(now.components[found.component]);
        row.verdict = stored(found.verdict.verdict);
        row.from = at;
        const auto known = before.find({row.advisory, row.component});
        const bool same = known != before.end() && known->second->verdict == row.verdict;
        if (known != before.end()) before.erase(known);
        if (same) continue;
        row.reason =
            found.statement.empty()
                ? advisory::evidence(now.knowledge->file, now.components[found.component], found.verdict)
                      .sentence
                : found.statement;
        rows.push_back(std::move(row));
    }
    for (const auto& [key, finding] : before)
        rows.push_back({set, finding->advisory, finding->component, finding->verdict, finding->reason,
                        finding->from, at});
    return rows;
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

Assessor::Assessor(fleet::Core& core, ports::FeedFiles& files, shard::Jobs& jobs, ports::Executor& background,
                   base::LogSink& log)
    : core_(core), files_(files), jobs_(jobs), background_(background), log_(log),
      knowledge_(std::make_shared<const Knowledge>()) {}

// Read through once to count and refuse; kept; everything compiled anew; every set assessed. Each step may be
// done again after an interruption; the first two change nothing that a reader sees.
class Assessor::Import final : public shard::JobWork {
  public:
    // `kept`: as what it was about to be kept, when it was interrupted after it had been read.
    Import(Assessor& assessor, TenantId tenant, std::string incoming, std::string file_name, std::string kept)
        : assessor_(assessor), tenant_(tenant), incoming_(std::move(incoming)),
          file_name_(std::move(file_name)), kept_(std::move(kept)) {}

    base::Result<shard::Progress> step() override {
        switch (stage_) {
        case 0:
            return read();
        case 1:
            return keep();
        case 2:
            return compile();
        default:
            return assess();
        }
    }

  private:
    base::Result<shard::Progress> read() {
        const feeds::Sink nowhere = [](feeds::Item&&) -> base::Status { return {}; };
        auto seen = read_feed(assessor_.files_, incoming_, file_name_, nowhere);
        if (!seen.ok() && seen.error().kind == base::ErrorKind::not_found && !kept_.empty()) {
            is_kept_ = true; // the interruption came after that
            seen = read_feed(assessor_.files_, kept_, file_name_, nowhere);
        }
        if (!seen.ok() || seen->tally.accepted == 0) {
            const base::Status dropped = assessor_.files_.discard(incoming_);
            if (!dropped.ok()) assessor_.log_.write(base::LogLevel::warning, "feed", dropped.error().text());
            if (!seen.ok()) return std::move(seen).error().wrap("reading " + file_name_);
            return base::invalid(file_name_ + " has no record that could be read; the first of " +
                                 std::to_string(seen->tally.rejected) + " refused: " +
                                 (seen->tally.reasons.empty() ? "none"
                                                              : seen->tally.reasons.front().where + ": " +
                                                                    seen->tally.reasons.front().reason));
        }
        kept_ = kept_name(seen->kind, file_name_);
        ports::FeedRow& row = row_;
        row.name = kept_;
        row.newest = seen->newest;
        row.accepted = seen->tally.accepted;
        row.rejected = seen->tally.rejected;
        for (const advisory::Rejected& rejected : seen->tally.reasons)
            row.rejects.push_back(rejected.where + ": " + rejected.reason);
        row.raw_file = kept_;
        read_ = std::to_string(row.accepted) + " records read" +
                (row.rejected > 0 ? ", " + std::to_string(row.rejected) + " refused" : "");
        stage_ = 1;
        return shard::Progress{
            false, 1, 4, read_ + "; compiling", import_payload(incoming_, file_name_, kept_), true};
    }

    base::Result<shard::Progress> keep() {
        if (!is_kept_) TRY(assessor_.files_.keep(incoming_, kept_));
        assessor_.core_.writer.submit(
            shard::control_of(tenant_), shard::Priority::person,
            [row = row_](Transaction& transaction) mutable -> base::Status {
                row.imported = transaction.now();
                transaction.change("feed", row.name);
                transaction.put(std::move(row));
                return {};
            },
            [this_log = &assessor_.log_](base::Status status) {
                if (!status.ok())
                    this_log->write(base::LogLevel::error, "feed",
                                    "the import could not be noted: " + status.error().text());
            });
        stage_ = 2;
        return shard::Progress{false, 2, 4, read_ + "; compiling", {}};
    }

    base::Result<shard::Progress> compile() {
        advisory::AdvisoryCompiler compiler(risk::base_score);
        TRY_VALUE(const std::vector<std::string> names, assessor_.files_.kept());
        for (const std::string& name : names) {
            auto seen = read_feed(assessor_.files_, name, name, [&](feeds::Item&& item) -> base::Status {
                std::visit([&](const auto& value) { compiler.add(value); }, item);
                return {};
            });
            if (!seen.ok()) return std::move(seen).error().wrap("compiling " + name);
        }
        TRY_VALUE(const base::Bytes bytes, compiler.compile());
        TRY_VALUE([[maybe_unused]] const advisory::AdvisoryFile checked, advisory::AdvisoryFile::open(bytes));
        TRY(assessor_.files_.replace_compiled(bytes));
        TRY(assessor_.open_compiled());
        stage_ = 3;
        return shard::Progress{false,
                               3,
                               4,
                               read_ + "; " + std::to_string(compiler.stats().advisories) +
                                   " advisories; assessing the fleet",
                               {}};
    }

    base::Result<shard::Progress> assess() {
        for (const TenantId tenant : assessor_.core_.control.tenants())
            assessor_.reassess(tenant, assessor_.core_.software.sets(tenant),
                               [log = &assessor_.log_](base::Status status) {
                                   if (!status.ok())
                                       log->write(base::LogLevel::error, "assessment", status.error().text());
                               });
        return shard::Progress{true,
                               4,
                               4,
                               read_ + "; " + std::to_string(assessor_.knowledge()->file.size()) +
                                   " advisories at hand",
                               {}};
    }

    Assessor& assessor_;
    const TenantId tenant_;
    const std::string incoming_, file_name_;
    std::string kept_, read_;
    bool is_kept_ = false;
    ports::FeedRow row_;
    int stage_ = 0;
};

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
        if (const advisory::AdvisoryView view = knowledge->file.advisory(i); view.exploited)
            exploited.emplace_back(view.id);
    for (const TenantId tenant : core_.control.tenants())
        core_.software.publish_kev(tenant, exploited);
    knowledge_.store(std::move(knowledge));
    return {};
}

base::Status Assessor::start() {
    const base::Status opened = open_compiled();
    if (!opened.ok() && opened.error().kind == base::ErrorKind::corrupt)
        log_.write(base::LogLevel::error, "assessment",
                   opened.error().text() + "; import any feed to compile it again");
    else if (!opened.ok() && opened.error().kind != base::ErrorKind::not_found)
        return opened;
    core_.writer.on_committed([this](const shard::Committed& committed) {
        bool any = false;
        for (const ports::ShardRows& shard : committed.batch.shards)
            for (const ports::Row& row : shard.rows)
                if (const auto* set = std::get_if<ports::SoftwareSetRow>(&row)) {
                    base::Lock lock(mutex_);
                    waiting_.insert({shard.tenant, set->id});
                    any = true;
                }
        if (any) background_.post([this] { assess_new(); });
    });
    for (const TenantId tenant : core_.control.tenants())
        reassess(tenant, core_.software.sets(tenant), [this](base::Status status) {
            if (!status.ok()) log_.write(base::LogLevel::error, "assessment", status.error().text());
        });
    return {};
}

void Assessor::assess_new() {
    std::map<TenantId, std::vector<SetId>> sets;
    {
        base::Lock lock(mutex_);
        for (const auto& [tenant, set] : waiting_)
            sets[tenant].push_back(set);
        waiting_.clear();
    }
    for (auto& [tenant, ids] : sets)
        reassess(tenant, std::move(ids), [this](base::Status status) {
            if (!status.ok()) log_.write(base::LogLevel::error, "assessment", status.error().text());
        });
}

std::shared_ptr<const AssessedFleet> Assessor::fleet(TenantId tenant) const {
    base::Lock lock(mutex_);
    const auto found = fleets_.find(tenant);
    if (found != fleets_.end()) return found->second;
    auto empty = std::make_shared<AssessedFleet>();
    empty->knowledge = knowledge_.load();
    return empty;
}

std::shared_ptr<const AssessedSet> Assessor::assess(TenantId tenant, SetId set) const {
    const std::shared_ptr<const AssessedFleet> known = fleet(tenant);
    const std::shared_ptr<const Knowledge> knowledge = knowledge_.load();
    if (const auto found = known->sets.find(set);
        found != known->sets.end() && found->second->knowledge == knowledge)
        return found->second;
    const auto row = core_.software.set(tenant, set);
    auto components = core_.software.components(tenant, set);
    if (!row.ok() || !components.ok()) return nullptr;
    auto assessed = std::make_shared<AssessedSet>();
    assessed->knowledge = knowledge;
    assessed->components = std::move(*components);
    for (const component::Component& component : assessed->components)
        assessed->names.emplace(component.name, component.version);
    assessed->assessment = advisory::match_set(knowledge->file, assessed->components, row->statements, {});
    return assessed;
}

void Assessor::publish(TenantId tenant, std::vector<std::shared_ptr<const AssessedSet>> assessed,
                       std::vector<SetId> ids, bool whole) {
    base::Lock lock(mutex_);
    auto next = std::make_shared<AssessedFleet>();
    const auto before = fleets_.find(tenant);
    if (!whole && before != fleets_.end()) *next = *before->second;
    next->knowledge = knowledge_.load();
    for (std::size_t i = 0; i < ids.size(); ++i)
        next->sets[ids[i]] = std::move(assessed[i]);
    fleets_[tenant] = std::move(next);
}

void Assessor::reassess(TenantId tenant, std::vector<SetId> sets, std::function<void(base::Status)> done) {
    // Forget first, so that nothing answers with what an older file said.
    std::vector<std::shared_ptr<const AssessedSet>> assessed;
    std::vector<SetId> ids;
    for (const SetId set : sets)
        if (auto result = assess(tenant, set)) {
            assessed.push_back(std::move(result));
            ids.push_back(set);
        }
    const bool whole = sets.size() == core_.software.sets(tenant).size();
    publish(tenant, assessed, ids, whole);

    auto work = std::make_shared<std::vector<std::pair<SetId, std::shared_ptr<const AssessedSet>>>>();
    for (std::size_t i = 0; i < ids.size(); ++i)
        work->emplace_back(ids[i], assessed[i]);
    if (work->empty()) return done({});
    auto left =
        std::make_shared<std::atomic<std::size_t>>((work->size() + kSetsACommand - 1) / kSetsACommand);
    for (std::size_t from = 0; from < work->size(); from += kSetsACommand)
        core_.writer.submit(
            shard::control_of(tenant), shard::Priority::person,
            [this, tenant, work, from](Transaction& transaction) -> base::Status {
                std::size_t changed = 0;
                for (std::size_t i = from; i < std::min(from + kSetsACommand, work->size()); ++i) {
                    const auto& [set, result] = (*work)[i];
                    for (SetFindingRow& row :
                         difference(set, core_.software.findings(tenant, set), *result, transaction.now())) {
                        transaction.put(std::move(row));
                        ++changed;
                    }
                }
                if (changed > 0)
                    transaction.change("finding", std::to_string(changed),
                                       R"({"changed":)" + std::to_string(changed) + "}");
                return {};
            },
            [left, done](base::Status status) {
                if (!status.ok())
                    done(std::move(status));
                else if (--*left == 0)
                    done({});
            });
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
