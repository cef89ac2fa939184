// SPDX-License-Identifier: Apache-2.0
#include "change.hpp"
#include "columns_memory.hpp"
#include "edit_record.hpp"
#include "facts.hpp"
#include "match.hpp"

#include <fleet/edits.hpp>
#include <fleet/imports.hpp>
#include <fleet/registry.hpp>

#include <algorithm>
#include <base/digest.hpp>
#include <utility>

namespace oakum::fleet {
namespace {

using Outcome = ImportReport::Outcome;

base::Status check(const device_lists::Record& record) {
    if (record.facts.size() > 128) return base::too_large("more than 128 values");
    for (const auto& [key, value] : record.facts)
        TRY(check_fact(key, value));
    return {};
}

// That some column names the devices.
base::Status check(const device_lists::File& file, device_lists::Form form) {
    if (form != device_lists::Form::table) return {};
    const auto& columns = file.layout().columns;
    for (const std::string_view mark :
         {std::string_view("serial"), device_lists::kId, std::string_view("x.intune_id"),
          std::string_view("x.jamf_id"), std::string_view("x.udid"), std::string_view("x.imei"),
          std::string_view("x.mac"), std::string_view("address")})
        if (std::any_of(columns.begin(), columns.end(),
                        [&](const auto& column) { return column.fact == mark; }))
            return {};
    std::string heads;
    for (const auto& column : columns)
        if (!column.head.empty() && heads.size() < 500) heads += (heads.empty() ? "" : ", ") + column.head;
    return base::invalid("no column names the devices: none is a serial number, an id, a MAC address or an "
                         "address; say "
                         "which one is (the columns: " +
                         heads + ")")
        .at("line 1");
}

// What a line means, and for which device.
struct Job {
    device_lists::Record record;
    Match match;
    DeviceId id;
    GroupId group;
};

} // namespace

// One import under way. Its parts are touched by the background while it reads a window, and by the writer's
// executor while it commits one; shared by the completions of its commands.
struct Imports::Run : std::enable_shared_from_this<Imports::Run> {
    Run(Core& its, ports::Executor& executor, access::Actor who, ImportWish what,
        shard::Completion<ImportReport> then)
        : core(its), background(executor), actor(std::move(who)), tenant(tenant_of(actor)),
          wish(std::move(what)), done(std::move(then)), matcher(core, tenant) {}

    Core& core;
    ports::Executor& background;
    const access::Actor actor;
    const TenantId tenant;
    const ImportWish wish;
    shard::Completion<ImportReport> done;
    Matcher matcher;
    std::unique_ptr<device_lists::File> file;
    ImportReport report;
    std::uint64_t lines = 0;                          // of the file, about
    std::vector<shard::Held<ports::GroupRow>> groups; // as they are when a window is read
    std::vector<Job> window;
    std::size_t under_way = 0;
    bool last = false;
    std::string cancelled; // by whom
    base::Duration began_at{}, told_at{};

    void begin();
    void look();
    base::Status open();
    void step();
    base::Status read();
    base::Result<Job> job_of(device_lists::Record record);
    base::Result<GroupId> group_of(const device_lists::Record& record) const;
    base::Result<DeviceChange> foresee(const Job& job) const;
    void commit();
    void submit(const Job& job);
    base::Result<DeviceChange> decide(shard::Transaction& transaction, const Job& job) const;
    void note(const Job& job, const base::Result<DeviceChange>& change);
    std::string name_of(GroupId group) const;
    void refuse(std::uint64_t line, std::string why);
    void remember(std::function<void(base::Status)> then);
    void keep(const char* state, std::string_view audited, std::string after, Keep how,
              std::function<void(base::Status)> then);
    void finish();
    void answer(base::Status status);
    ports::EditRow row(const char* state) const;
};

void Imports::Run::refuse(std::uint64_t line, std::string why) {
    ++report.refused;
    if (report.refusals.size() >= wish.most_refused) return;
    ImportReport::Row refusal;
    refusal.line = line;
    refusal.reason = std::move(why);
    report.refusals.push_back(std::move(refusal));
}

base::Status Imports::Run::open() {
    device_lists::Wishes wishes;
    wishes.told = wish.told;
    wishes.persons = wish.persons;
    wishes.dates = wish.dates;
    wishes.remembered = [this](const std::string& heads) {
        return remembered_columns(core.control.document(tenant, columns_document(heads)));
    };
    report.form = device_lists::form_of(wish.text);
    TRY_VALUE(file, device_lists::open(wish.text, wishes));
    // A preview still shows the columns, so that one can say which it is.
    if (auto named = check(*file, report.form); !named.ok()) {
        if (wish.dry_run == DryRun::no) return named;
        report.notes.push_back(named.error().message + ".");
    }
    report.layout = file->layout();
    if (!wish.group.is_zero()) {
        const auto group = core.control.find<ports::GroupRow>(tenant, wish.group);
        if (!group || group->deleted) return base::not_found("there is no group " + wish.group.text());
    }
    return {};
}

void Imports::Run::begin() {
    if (auto status = open(); !status.ok()) return done(std::move(status).error());
    if (wish.dry_run == DryRun::yes) return look();
    report.id = core.ids.next_as<ports::EditId>();
    lines = static_cast<std::uint64_t>(std::count(wish.text.begin(), wish.text.end(), '\n'));
    began_at = told_at = core.clock.steady();
    const auto go = [self = shared_from_this()](base::Status status) {
        if (!status.ok()) return self->answer(std::move(status));
        self->background.post([self] { self->step(); });
    };
    const std::string source = json_of(
        {{"file", wish.name}, {"sha256", base::sha256(wish.text).hex()}, {"form", to_string(report.form)}});
    remember([self = shared_from_this(), source, go](base::Status status) {
        if (!status.ok()) return go(std::move(status));
        self->keep("running", "device.import", source, Keep::once, go);
    });
}

// A preview, window by window, so that others get their turn in between.
void Imports::Run::look() {
    if (auto status = read(); !status.ok()) return done(std::move(status).error());
    for (const Job& job : window)
        note(job, foresee(job));
    if (!last) return background.post([self = shared_from_this()] { self->look(); });
    for (std::string& sentence : file->notes())
        report.notes.push_back(std::move(sentence));
    done(std::move(report));
}

base::Status Imports::Run::read() {
    window.clear();
    groups = core.control.list<ports::GroupRow>(tenant);
    TRY_VALUE(auto piece, file->next(kWindow));
    last = piece.last;
    for (auto& refused : piece.refused)
        refuse(refused.line, std::move(refused.reason));
    for (auto& said : piece.records) {
        const std::uint64_t line = said.line;
        auto job = job_of(std::move(said));
        if (job.ok())
            window.push_back(std::move(*job));
        else
            refuse(line, job.error().message);
    }
    return {};
}

base::Result<Job> Imports::Run::job_of(device_lists::Record record) {
    TRY(check(record));
    Job job;
    TRY_VALUE(job.match, matcher.find(record));
    TRY_VALUE(job.group, group_of(record));
    if (!job.match.device && job.group.is_zero()) job.group = wish.group;
    job.id = job.match.device ? *job.match.device : core.ids.next_as<DeviceId>();
    if (!job.match.device) matcher.made(job.id, record.line);
    job.record = std::move(record);
    return job;
}

// The group that a column names; zero when it names none. Errors: invalid.
base::Result<GroupId> Imports::Run::group_of(const device_lists::Record& record) const {
    if (record.group.empty()) return GroupId();
    for (const auto& group : groups)
        if (!group->deleted && device::equal_ignoring_case(group->name, record.group)) return group->id;
    return base::invalid("there is no group '" + record.group + "'");
}

base::Result<DeviceChange> Imports::Run::foresee(const Job& job) const {
    const DeviceKey key{tenant, job.id};
    return change_by(
        job.record, wish.name, job.group, core.fleet.device(key),
        [&](std::string_view name) { return core.fleet.fact(key, name); }, core.clock.now());
}

base::Result<DeviceChange> Imports::Run::decide(shard::Transaction& transaction, const Job& job) const {
    if (const auto serial = job.record.facts.find(std::string(device::key::serial));
        serial != job.record.facts.end()) {
        const auto holder = transaction.device_by_serial(serial->second);
        if (holder && *holder != job.id)
            return base::conflict("this serial is being changed by someone else");
    }
    auto device = transaction.device(job.id);
    if (!device && job.match.device) return base::conflict("this device is gone meanwhile");
    TRY_VALUE(DeviceChange change,
              change_by(
                  job.record, wish.name, job.group, device,
                  [&](std::string_view name) { return transaction.fact(job.id, name); }, transaction.now()));
    if (change.empty()) return change;
    if (!device) {
        device.emplace();
        device->id = job.id;
        device->first_seen = whole_seconds(transaction.now());
    }
    TRY(make_change(transaction, core.software, change, wish.name, report.id, job.record,
                    std::move(*device)));
    return change;
}

std::string Imports::Run::name_of(GroupId group) const {
    const auto row = group.is_zero() ? nullptr : core.control.find<ports::GroupRow>(tenant, group);
    return row ? row->name : std::string();
}

void Imports::Run::note(const Job& job, const base::Result<DeviceChange>& change) {
    if (!change.ok()) return refuse(job.record.line, change.error().message);
    report.kept += change->kept;
    if (wish.dry_run == DryRun::yes) report.doubles += job.match.doubles.size();
    const Outcome outcome = change->fresh     ? Outcome::created
                            : change->empty() ? Outcome::unchanged
                                              : Outcome::changed;
    std::uint64_t& count = outcome == Outcome::created   ? report.created
                           : outcome == Outcome::changed ? report.changed
                                                         : report.unchanged;
    if (++count > kSampled) return;
    ImportReport::Row row;
    row.line = job.record.line;
    row.outcome = outcome;
    if (job.match.device || wish.dry_run == DryRun::no) row.device = job.id;
    row.by = job.match.by;
    // That a new one is active goes without saying.
    if (change->lifecycle && !(change->fresh && change->lifecycle == device::Lifecycle::active))
        row.changes.push_back(
            {"lifecycle",
             std::string(change->lifecycle_before ? device::to_string(*change->lifecycle_before) : ""),
             std::string(device::to_string(*change->lifecycle))});
    if (change->group)
        row.changes.push_back({"group", name_of(change->group_before), name_of(*change->group)});
    for (const FactChange& fact : change->facts)
        row.changes.push_back({fact.after.key, fact.before.value, fact.after.value});
    report.sample.push_back(std::move(row));
}

// On the background, as long as nothing is under way.
void Imports::Run::step() {
    auto status = read();
    if (!status.ok()) {
        refuse(0, "the file cannot be read on: " + status.error().text());
        window.clear();
        last = true;
    }
    core.writer.executor().post([self = shared_from_this()] { self->commit(); });
}

void Imports::Run::commit() {
    under_way = 1; // until all are on their way
    for (const Job& job : window)
        submit(job);
    if (--under_way == 0) finish();
}

void Imports::Run::submit(const Job& job) {
    const auto ended = [self = shared_from_this()] {
        if (--self->under_way == 0) self->finish();
    };
    ++under_way;
    core.writer.submit<DeviceChange>(
        shard::place_of(tenant, job.id), shard::Priority::person,
        [self = shared_from_this(), &job](shard::Transaction& transaction) {
            return self->decide(transaction, job);
        },
        [self = shared_from_this(), &job, ended](base::Result<DeviceChange> change) {
            self->note(job, change);
            ended();
        });
    for (const DeviceId& twin : job.match.doubles) {
        ++under_way;
        core.writer.submit(
            shard::place_of(tenant, twin), shard::Priority::person,
            [self = shared_from_this(), &job, twin](shard::Transaction& transaction) -> base::Status {
                auto device = transaction.device(twin);
                if (!device || device->lifecycle == device::Lifecycle::retired)
                    return base::conflict("it is gone meanwhile");
                retire_double(transaction, self->report.id, job.record.line, std::move(*device),
                              "it is device " + job.id.text() + ": the same " + job.match.by + ", in " +
                                  self->wish.name);
                return {};
            },
            [self = shared_from_this(), ended](base::Status status) {
                self->report.doubles += status.ok();
                ended();
            });
    }
}

// A window is through.
void Imports::Run::finish() {
    const base::Duration now = core.clock.steady();
    if (last) {
        for (std::string& sentence : file->notes())
            report.notes.push_back(std::move(sentence));
        return keep("done", "device.imported", counts_of(row("done")), Keep::until_stored,
                    [self = shared_from_this()](base::Status status) { self->answer(std::move(status)); });
    }
    if (const auto who = cancelled_by(core, tenant, report.id)) {
        cancelled = *who;
        report.notes.push_back("The rest was not tried: it was cancelled by " + cancelled + ".");
        return keep("cancelled", "device.imported", counts_of(row("cancelled")), Keep::until_stored,
                    [self = shared_from_this()](base::Status status) { self->answer(std::move(status)); });
    }
    const auto go_on = [self = shared_from_this()] { self->background.post([self] { self->step(); }); };
    if (now - told_at < kProgressEvery) return go_on();
    told_at = now;
    if (now - began_at >= wish.answer_within && done) {
        report.running = true;
        answer({});
    }
    // What cannot be stored now is told with the next.
    keep("running", "", "", Keep::once, [go_on](base::Status) { go_on(); });
}

// Once; who was answered already reads its record.
void Imports::Run::answer(base::Status status) {
    if (!done) return;
    const auto reply = std::exchange(done, nullptr);
    if (!status.ok()) return reply(std::move(status).error());
    reply(report);
}

ports::EditRow Imports::Run::row(const char* state) const {
    ports::EditRow edit;
    edit.id = report.id;
    edit.kind = "import";
    edit.name = wish.name;
    edit.state = state;
    edit.actor = actor.text();
    edit.fresh = report.created;
    edit.changed = report.changed;
    edit.unchanged = report.unchanged;
    edit.refused = report.refused;
    // Lines inside of cells are too many: while it runs that is near enough.
    const std::uint64_t through = edit.fresh + edit.changed + edit.unchanged + edit.refused;
    edit.total = last ? through : std::max(through, lines);
    for (const auto& refusal : report.refusals)
        if (edit.reasons.size() < Edits::kReasons)
            edit.reasons.push_back("line " + std::to_string(refusal.line) + ": " +
                                   refusal.reason.substr(0, 256));
    if (!cancelled.empty())
        edit.reasons.push_back("the rest was not tried: it was cancelled by " + cancelled);
    return edit;
}

// What was told of the columns, for the next file with the same heads.
void Imports::Run::remember(std::function<void(base::Status)> then) {
    if (wish.told.empty()) return then({});
    core.writer.submit(
        shard::control_of(tenant), shard::Priority::person,
        [self = shared_from_this()](shard::Transaction& transaction) -> base::Status {
            transaction.put(ports::DocumentRow{columns_document(self->report.layout.heads),
                                               columns_json(self->report.layout)});
            return {};
        },
        std::move(then));
}

void Imports::Run::keep(const char* state, std::string_view audited, std::string after, Keep how,
                        std::function<void(base::Status)> then) {
    std::optional<shard::AuditEntry> audit;
    if (!audited.empty())
        audit.emplace(shard::AuditEntry{actor.text(), std::string(audited), "edit " + report.id.text(), "",
                                        std::move(after), ""});
    keep_edit(core, tenant, row(state), std::move(audit), how,
              [then = std::move(then)](base::Result<ports::EditRow> kept) {
                  then(kept.ok() ? base::Status() : base::Status(std::move(kept).error()));
              });
}

void Imports::run(access::Actor actor, ImportWish wish, shard::Completion<ImportReport> done) {
    if (auto status = may_do(actor, access::Action::device_import); !status.ok())
        return done(std::move(status).error());
    auto run = std::make_shared<Run>(core_, background_, std::move(actor), std::move(wish), std::move(done));
    background_.post([run] { run->begin(); });
}

} // namespace oakum::fleet
