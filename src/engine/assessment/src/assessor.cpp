// SPDX-License-Identifier: Apache-2.0
#include "deadline_book.hpp"
#include "import.hpp"
#include "kept_deadlines.hpp"

#include <algorithm>

namespace oakum::assessment {

using device::SetId;
using device::TenantId;

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
    : core_(core), deadlines_(core.writer, core.control, core.clock), support_(core.writer, core.control),
      files_(files), jobs_(jobs), background_(background), log_(log),
      knowledge_(std::make_shared<const Knowledge>()) {}

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
    if (lacks_notices() && !stale_ && !is_import_under_way()) {
        log_.write(base::LogLevel::info, "assessment", "own advisories are not compiled yet; compiling them");
        compile_soon();
    } else if (opened.ok() && files_.kept_since_compiled() && !is_import_under_way()) {
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
    bool any = false, notices = false;
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
            } else if (std::holds_alternative<ports::NoticeRow>(row)) {
                notices = true;
            } else if (std::holds_alternative<ports::ExceptionRow>(row)) {
                background_.post([this, tenant = shard.tenant] { put_in_force(tenant); });
            } else if (const auto* document = std::get_if<ports::DocumentRow>(&row)) {
                if (document->name == kDeadlinesDocument)
                    background_.post([this, tenant = shard.tenant] {
                        core_.software.publish_deadlines(
                            tenant, deadline_book(knowledge_.load(), deadlines_.in_force(tenant)));
                    });
            } else if (const auto* device = std::get_if<ports::DeviceRow>(&row)) {
                add(device->base_set, {});
                add(device->delta_set, device->base_set);
            }
        }
    if (any) background_.post([this] { assess_new(); });
    if (notices) compile_soon();
}

void Assessor::put_in_force(TenantId tenant) {
    {
        base::Lock lock(mutex_);
        const auto held = fleets_.find(tenant);
        if (held == fleets_.end()) return; // the first assessment takes them in
        auto next = std::make_shared<AssessedFleet>(*held->second);
        next->in_force = std::make_shared<const InForce>(tenant, *next->knowledge,
                                                         core_.control.list<ports::ExceptionRow>(tenant));
        held->second = std::move(next);
    }
    tell_decisions(tenant);
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
    auto exceptions = core_.control.list<ports::ExceptionRow>(tenant);
    next->in_force = same && before != fleets_.end() && before->second->in_force &&
                             before->second->in_force->is_of(exceptions)
                         ? before->second->in_force
                         : std::make_shared<const InForce>(tenant, *knowledge, std::move(exceptions));
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
    if (published) tell_unassessed(tenant, assessed, whole);
    if (published) tell_decisions(tenant, whole ? nullptr : &assessed);
    if (published) note_findings(tenant, assessed, whole, knowledge->file.size() > 0);
}

} // namespace oakum::assessment
