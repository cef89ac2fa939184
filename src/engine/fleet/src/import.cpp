// SPDX-License-Identifier: Apache-2.0
#include "facts.hpp"

#include <device/inheritance.hpp>
#include <fleet/inventory.hpp>
#include <fleet/registry.hpp>

#include <algorithm>
#include <set>

namespace oakum::fleet {
namespace {

constexpr std::size_t kWindow = 256, kMostRefusals = 500, kMostRows = 1'000'000;

enum class Outcome { created, changed, unchanged };

// One import under way: rows are decided a window at a time, so that a large file does not fill the queue.
// Shared by the completions of its commands.
struct Import {
    access::Actor actor;
    TenantId tenant;
    std::string file;
    std::vector<ImportRow> rows;
    ImportResult result;
    std::size_t next = 0, under_way = 0;
    bool ended = false;
    shard::Completion<ImportResult> done;

    void refuse(std::size_t line, std::string why) {
        ++result.refused;
        if (result.refusals.size() < kMostRefusals) result.refusals.push_back({line, std::move(why)});
    }
};

std::string serial_of(const ImportRow& row) {
    const auto at = row.facts.find(std::string(device::key::serial));
    return at == row.facts.end() ? std::string() : at->second;
}

base::Status check(const ImportRow& row) {
    if (serial_of(row).empty()) return base::invalid("no serial");
    if (row.facts.size() > 128) return base::too_large("more than 128 columns");
    for (const auto& [key, value] : row.facts)
        if (key != "group") TRY(check_fact(key, value));
    return {};
}

// The group that a column "group" names; zero when it names none. Errors: invalid.
base::Result<GroupId> group_of(const ImportRow& row, const std::vector<shard::Held<ports::GroupRow>>& groups,
                               const Scope& scope) {
    const auto at = row.facts.find("group");
    if (at == row.facts.end() || at->second.empty()) {
        if (!scope.empty()) return base::invalid("a group is needed: you see some groups only");
        return GroupId();
    }
    for (const auto& group : groups)
        if (!group->deleted && device::equal_ignoring_case(group->name, at->second)) {
            if (!scope.empty() && std::find(scope.begin(), scope.end(), group->id) == scope.end()) break;
            return group->id;
        }
    return base::invalid("there is no group '" + at->second + "'");
}

device::Fact fact_of(const std::string& key, const std::string& value, const std::string& file,
                     base::TimePoint now) {
    return {key, value, device::FactSource::imported, file, minute_of(now)};
}

// What a row would do to the device as it is committed now.
Outcome foresee(const Core& core, TenantId tenant, const ImportRow& row, GroupId group, base::TimePoint now) {
    const auto id = core.fleet.by_serial(tenant, serial_of(row));
    if (!id) return Outcome::created;
    const DeviceKey key{tenant, *id};
    const auto held_row = core.fleet.device(key);
    if (!group.is_zero() && held_row && held_row->group != group) return Outcome::changed;
    for (const auto& [name, value] : row.facts) {
        if (name == "group" || value.empty()) continue;
        const auto held = core.fleet.fact(key, name);
        if (!held || (held->value != value && device::replaces(fact_of(name, value, "", now), *held)))
            return Outcome::changed;
    }
    return Outcome::unchanged;
}

base::Result<Outcome> upsert(shard::Transaction& transaction, const Software& software, const Import& import,
                             const ImportRow& row, DeviceId id, GroupId group, const Scope& scope) {
    const auto holder = transaction.device_by_serial(serial_of(row));
    if (holder && *holder != id) return base::conflict("this serial is being changed by someone else");
    auto device = transaction.device(id);
    const bool fresh = !device;
    if (fresh) {
        device.emplace();
        device->id = id;
        device->first_seen = whole_seconds(transaction.now());
        device->lifecycle = device::Lifecycle::active;
    } else if (!scope.empty() && std::find(scope.begin(), scope.end(), device->group) == scope.end()) {
        return base::invalid("this serial belongs to a device that you do not see");
    }
    bool news = fresh;
    if (!group.is_zero() && device->group != group) {
        device->group = group;
        news = true;
    }
    for (const auto& [key, value] : row.facts)
        if (key != "group" && !value.empty())
            news = learn(transaction, id, fact_of(key, value, import.file, transaction.now())) || news;
    if (!news) return Outcome::unchanged;
    const std::vector<device::Fact> facts = transaction.facts(id);
    if (device->certificate_serial.empty()) {
        // Nobody else says what runs there.
        if (const std::string version = value_of(facts, device::key::firmware_version); !version.empty())
            device->running_version = version;
        device->last_inventory = whole_seconds(transaction.now());
    }
    move_base_set(transaction, *device, base_set_for(transaction, software, facts, device->running_version));
    if (fresh)
        transaction.event(
            {id, transaction.now(), "lifecycle", "", "", "active", "imported from " + import.file});
    transaction.put(*device);
    transaction.change("device", id.text(), fresh ? "{\"what\":\"created\"}" : "{\"what\":\"imported\"}");
    return fresh ? Outcome::created : Outcome::changed;
}

void note(ImportResult& result, Outcome outcome) {
    switch (outcome) {
    case Outcome::created:
        ++result.created;
        return;
    case Outcome::changed:
        ++result.changed;
        return;
    case Outcome::unchanged:
        ++result.unchanged;
        return;
    }
}

void finish(Core& core, const std::shared_ptr<Import>& import) {
    const ImportResult& result = import->result;
    const std::string counts = json_of({{"created", std::to_string(result.created)},
                                        {"changed", std::to_string(result.changed)},
                                        {"unchanged", std::to_string(result.unchanged)},
                                        {"refused", std::to_string(result.refused)}});
    core.writer.submit(
        shard::control_of(import->tenant), shard::Priority::terminal,
        [import, counts](shard::Transaction& transaction) -> base::Status {
            transaction.audit(
                {import->actor.text(), "device.import", "file " + import->file, "", counts, ""});
            transaction.change("import", import->file, counts);
            return {};
        },
        [import](base::Status status) {
            if (!status.ok()) return import->done(std::move(status).error());
            import->done(std::move(import->result));
        });
}

void pump(Core& core, const std::shared_ptr<Import>& import) {
    const Scope scope = scope_of(import->actor);
    const auto groups = core.control.list<ports::GroupRow>(import->tenant);
    while (import->next < import->rows.size() && import->under_way < kWindow) {
        const std::size_t index = import->next++;
        const ImportRow& row = import->rows[index];
        const auto group = group_of(row, groups, scope);
        if (!group.ok()) {
            import->refuse(row.line, group.error().text());
            continue;
        }
        const auto known = core.fleet.by_serial(import->tenant, serial_of(row));
        const DeviceId id = known ? *known : core.ids.next_as<DeviceId>();
        ++import->under_way;
        core.writer.submit<Outcome>(
            shard::place_of(import->tenant, id), shard::Priority::person,
            [&core, import, index, id, group = *group, scope](shard::Transaction& transaction) {
                return upsert(transaction, core.software, *import, import->rows[index], id, group, scope);
            },
            [&core, import, index](base::Result<Outcome> outcome) {
                --import->under_way;
                if (outcome.ok())
                    note(import->result, *outcome);
                else
                    import->refuse(import->rows[index].line, outcome.error().text());
                // A new turn for each window, so that a long run of refusals does not deepen the stack.
                if (import->under_way == 0)
                    core.writer.executor().post([&core, import] { pump(core, import); });
            });
    }
    if (import->under_way == 0 && import->next == import->rows.size() && !import->ended) {
        import->ended = true;
        finish(core, import);
    }
}

} // namespace

void Registry::import(access::Actor actor, std::string file, std::vector<ImportRow> rows, DryRun dry_run,
                      shard::Completion<ImportResult> done) {
    if (auto status = may_do(actor, access::Action::device_import); !status.ok())
        return done(std::move(status).error());
    if (rows.size() > kMostRows) return done(base::too_large("more than 1,000,000 rows in one import"));
    auto import = std::make_shared<Import>();
    import->actor = std::move(actor);
    import->tenant = tenant_of(import->actor);
    import->file = std::move(file);
    import->done = std::move(done);
    std::map<std::string, std::size_t> serials;
    for (ImportRow& row : rows) {
        if (auto status = check(row); !status.ok()) {
            import->refuse(row.line, status.error().text());
            continue;
        }
        const auto [at, first] = serials.try_emplace(serial_of(row), row.line);
        if (!first)
            import->refuse(row.line, "the serial stands in line " + std::to_string(at->second) + " already");
        else
            import->rows.push_back(std::move(row));
    }
    if (dry_run == DryRun::yes) {
        const auto groups = core_.control.list<ports::GroupRow>(import->tenant);
        const Scope scope = scope_of(import->actor);
        for (const ImportRow& row : import->rows) {
            const auto group = group_of(row, groups, scope);
            if (!group.ok())
                import->refuse(row.line, group.error().text());
            else
                note(import->result, foresee(core_, import->tenant, row, *group, core_.clock.now()));
        }
        return import->done(std::move(import->result));
    }
    // Its completions run on the writer's executor: so does all that touches it.
    core_.writer.executor().post([this, import] { pump(core_, import); });
}

} // namespace oakum::fleet
