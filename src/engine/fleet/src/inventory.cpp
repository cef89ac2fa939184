// SPDX-License-Identifier: Apache-2.0
#include "delta_set.hpp"
#include "facts.hpp"
#include "seen.hpp"

#include <algorithm>
#include <device/inheritance.hpp>
#include <fleet/inventory.hpp>
#include <set>
#include <unordered_map>

namespace oakum::fleet {
namespace {

constexpr std::size_t kMaxReported = 20'000; // components that a device tells of itself
constexpr std::size_t kMaxInSbom = 200'000;  // components of a document, and statements
constexpr std::size_t kMaxFacts = 128, kMaxText = 2048;
constexpr std::size_t kMostHeld = 512; // facts of a device, with those that it told over time
constexpr std::string_view kMacKey = "x.mac";

base::Status check(const std::vector<component::Component>& components, std::size_t most) {
    if (components.size() > most) return base::too_large("more than " + std::to_string(most) + " components");
    for (std::size_t i = 0; i < components.size(); ++i)
        for (const std::string* text :
             {&components[i].name, &components[i].version, &components[i].purl, &components[i].cpe,
              &components[i].bundle_id, &components[i].patch_level})
            if (text->size() > kMaxText || !base::is_utf8(*text))
                return base::invalid("a text is too long or not UTF-8")
                    .at("/components/" + std::to_string(i));
    return {};
}

base::Status check(const Inventories::Sbom& sbom) {
    if (sbom.statements.size() > kMaxInSbom)
        return base::too_large("more than " + std::to_string(kMaxInSbom) + " statements");
    return check(sbom.components, kMaxInSbom);
}

// A set with its rows, computed before the command, so that the writer's thread does not hash it.
struct Prepared {
    std::vector<ports::ComponentRow> components;
    ports::SoftwareSetRow set;
};

// What is stated of a set is part of it: the same components with other statements are another set.
SetId with_statements(SetId set, const std::vector<component::Statement>& statements) {
    if (statements.empty()) return set;
    base::Sha256 hash;
    const auto add = [&hash](std::string_view field) {
        hash.update(std::to_string(field.size()));
        hash.update(":");
        hash.update(field);
    };
    hash.update("oakum set with statements 1");
    hash.update(set.get().bytes);
    for (const component::Statement& statement : statements) {
        add(statement.advisory);
        add(statement.component_name);
        add(statement.justification);
        add(std::to_string(static_cast<int>(statement.status)));
        for (const auto* field : {&statement.version, &statement.purl}) {
            add(*field ? "said" : "");
            add(field->value_or(""));
        }
    }
    return SetId(hash.finish());
}

Prepared prepare(ports::Layer layer, std::vector<component::Component> components,
                 std::vector<component::Statement> statements, std::string origin) {
    Prepared prepared;
    for (component::Component& component : components) {
        const ComponentId id = component_id(component);
        prepared.components.push_back({id, std::move(component)});
        prepared.set.components.push_back(id);
    }
    prepared.set.id = with_statements(set_id(prepared.set.components), statements);
    prepared.set.layer = layer;
    prepared.set.statements = std::move(statements);
    prepared.set.origin = std::move(origin);
    return prepared;
}

SetId put(shard::Transaction& transaction, const Software& software, const Prepared& prepared) {
    if (software.has_set(transaction.tenant(), prepared.set.id)) return prepared.set.id;
    for (const ports::ComponentRow& row : prepared.components)
        if (!software.component(transaction.tenant(), row.id)) transaction.put(row);
    transaction.put(prepared.set);
    return prepared.set.id;
}

void open_set(shard::Transaction& transaction, DeviceId device, ports::Layer layer, SetId set) {
    transaction.put(ports::DeviceSetRow{device, layer, set, whole_seconds(transaction.now()), std::nullopt});
}

bool is_apples(std::string_view platform) {
    for (const std::string_view own : {"ios", "ipados", "macos", "tvos", "watchos", "visionos"})
        if (platform == own) return true;
    return false;
}

// What the software runs on, when it is known by a name or a CPE name.
std::vector<component::Component> with_hardware(std::vector<component::Component> software,
                                                const std::vector<device::Fact>& facts, std::string name) {
    component::Component hardware;
    hardware.kind = component::Kind::hardware;
    hardware.name = std::move(name);
    hardware.cpe = value_of(facts, kHardwareCpe);
    if (hardware.name.empty() && !hardware.cpe.empty()) hardware.name = value_of(facts, device::key::model);
    if (!hardware.name.empty()) software.push_back(std::move(hardware));
    return software;
}

// A firmware's set together with the hardware that the device is said to be.
SetId on_hardware(shard::Transaction& transaction, const Software& software, SetId set,
                  const std::vector<device::Fact>& facts) {
    if (value_of(facts, kHardwareCpe).empty()) return set;
    const auto row = software.set(transaction.tenant(), set);
    auto components = software.components(transaction.tenant(), set);
    if (!row.ok() || !components.ok()) return set;
    return put_set(transaction, software, ports::Layer::base,
                   with_hardware(std::move(*components), facts, ""), row->statements, row->origin);
}

// A fact that the device said and no longer says. True when it was there.
bool take_back(shard::Transaction& transaction, DeviceId device, const std::string& key) {
    const auto held = transaction.fact(device, key);
    if (!held || held->source != device::FactSource::reported) return false;
    transaction.event({device, transaction.now(), "fact", key, held->value, "", "reported: no longer said"});
    transaction.put(ports::FactRow{device, {key, "", device::FactSource::reported, "", transaction.now()}});
    return true;
}

bool tells_base_set(std::string_view key) {
    namespace k = device::key;
    return key == k::model || key == k::manufacturer || key == k::os_version || key == k::patch_level ||
           key == k::platform || key == kFirmwareCpe || key == kHardwareCpe;
}

std::string short_name(SetId set) {
    return set == SetId() ? std::string("not known") : set.get().hex().substr(0, 12);
}

} // namespace

SetId put_set(shard::Transaction& transaction, const Software& software, ports::Layer layer,
              const std::vector<component::Component>& components,
              std::vector<component::Statement> statements, std::string origin) {
    return put(transaction, software, prepare(layer, components, std::move(statements), std::move(origin)));
}

SetId base_set_for(shard::Transaction& transaction, const Software& software,
                   const std::vector<device::Fact>& facts, const std::string& running_version) {
    const std::string model = value_of(facts, device::key::model);
    if (!running_version.empty())
        if (const auto firmware = transaction.find<ports::FirmwareRow>({model, running_version}))
            return on_hardware(transaction, software, firmware->set, facts);
    const std::string platform = value_of(facts, device::key::platform);
    const std::string os_version = value_of(facts, device::key::os_version);
    if (const bool android = platform == "android"; (android || is_apples(platform)) && !os_version.empty()) {
        component::Component os;
        os.kind = component::Kind::operating_system;
        os.name = platform;
        os.version = os_version;
        if (android) os.patch_level = value_of(facts, device::key::patch_level);
        // Apple says by model which release it offers; of an Android device the maker is enough, and keeps
        // the sets few.
        return put_set(
            transaction, software, ports::Layer::base,
            with_hardware({os}, facts,
                          value_of(facts, android ? device::key::manufacturer : device::key::model)),
            {}, "OS build as reported");
    }
    const std::string cpe = value_of(facts, kFirmwareCpe);
    if (!cpe.empty() && !running_version.empty()) {
        component::Component firmware;
        firmware.kind = component::Kind::firmware;
        firmware.name = model;
        firmware.version = running_version;
        firmware.cpe = cpe;
        return put_set(transaction, software, ports::Layer::base, with_hardware({firmware}, facts, ""), {},
                       "firmware as imported");
    }
    return {};
}

void move_base_set(shard::Transaction& transaction, ports::DeviceRow& row, SetId set) {
    if (row.base_set == set) return;
    open_set(transaction, row.id, ports::Layer::base, set);
    transaction.event({row.id, transaction.now(), "inventory", "base", short_name(row.base_set),
                       short_name(set), "the software of the firmware or OS build changed"});
    row.base_set = set;
}

void move_delta_set(shard::Transaction& transaction, ports::DeviceRow& row, SetId set,
                    const std::string& why) {
    if (row.delta_set == set) return;
    open_set(transaction, row.id, ports::Layer::delta, set);
    transaction.event(
        {row.id, transaction.now(), "inventory", "delta", short_name(row.delta_set), short_name(set), why});
    row.delta_set = set;
}

void note_running_version(shard::Transaction& transaction, const Software& software, ports::DeviceRow& row,
                          const std::string& version) {
    if (version.empty() || row.running_version == version) return;
    learn(transaction, row.id,
          {std::string(device::key::firmware_version), version, device::FactSource::reported, "",
           minute_of(transaction.now())});
    transaction.event({row.id, transaction.now(), "firmware", "running_version", row.running_version, version,
                       "the device says that it runs " + version});
    row.running_version = version;
    move_base_set(transaction, row, base_set_for(transaction, software, transaction.facts(row.id), version));
}

void Inventories::take(DeviceActor device, InventoryReport report, std::string digest,
                       std::function<void(base::Status)> done) {
    if (report.facts.size() > kMaxFacts) return done(base::too_large("more than 128 facts"));
    for (const auto& [key, value] : report.facts)
        if (auto status = check_fact(key, value); !status.ok())
            return done(std::move(status.error()).at("/facts/" + key));
    if (auto status = check(report.components, kMaxReported); !status.ok()) return done(std::move(status));
    auto prepared = std::make_shared<const Prepared>(
        prepare(ports::Layer::delta, std::move(report.components), {}, "reported"));
    const auto card = std::make_shared<std::string>(); // its MAC address, when that is news
    core_.writer.submit(
        shard::place_of(device.tenant, device.device), shard::Priority::inventory,
        [this, device, facts = std::move(report.facts), prepared, digest = digest.substr(0, 16),
         forget = std::move(report.forget), tells = report.tells_components,
         card](shard::Transaction& transaction) -> base::Status {
            auto row = transaction.device(device.device);
            if (!row) return base::not_found("there is no device " + device.device.text());
            if (row->revoked) return base::denied("the identity of this device was revoked");
            if (row->lifecycle == device::Lifecycle::retired) return base::denied("this device was retired");
            bool base_may_move = false;
            for (const std::string& key : forget)
                if (take_back(transaction, row->id, key))
                    base_may_move = base_may_move || tells_base_set(key);
            std::size_t held = transaction.facts(row->id).size();
            for (const auto& [key, value] : facts) {
                if (device::is_for_people(key) || value.empty()) continue;
                if (key == device::key::firmware_version) continue; // below: it moves the base set
                if (!transaction.fact(row->id, key)) {
                    if (held >= kMostHeld) continue; // new names without end
                    ++held;
                }
                const bool news =
                    learn(transaction, row->id,
                          {key, value, device::FactSource::reported, "", minute_of(transaction.now())});
                base_may_move = base_may_move || (news && tells_base_set(key));
                if (news && key == kMacKey) *card = value;
            }
            if (const auto version = facts.find(std::string(device::key::firmware_version));
                version != facts.end())
                note_running_version(transaction, core_.software, *row, version->second);
            if (base_may_move)
                move_base_set(transaction, *row,
                              base_set_for(transaction, core_.software, transaction.facts(row->id),
                                           row->running_version));
            const SetId set = tells ? put(transaction, core_.software, *prepared) : row->delta_set;
            move_delta_set(transaction, *row, set,
                           "the device reported " + std::to_string(prepared->set.components.size()) +
                               " components");
            transaction.put(ports::FactRow{
                row->id,
                {std::string(kInventoryKey), digest, device::FactSource::reported, "", transaction.now()}});
            row->last_inventory = row->last_seen = whole_seconds(transaction.now());
            transaction.put(*row);
            transaction.change("device", row->id.text(), "{\"what\":\"inventory\"}");
            return {};
        },
        [this, device, card, done = std::move(done)](base::Status status) {
            if (status.ok() && !card->empty()) absorb_seen(core_, device.tenant, device.device, *card);
            done(std::move(status));
        });
}

void Inventories::store_set(TenantId tenant, Sbom sbom, shard::Completion<SetId> done) {
    if (auto status = check(sbom); !status.ok()) return done(std::move(status).error());
    auto prepared = std::make_shared<const Prepared>(prepare(
        ports::Layer::base, std::move(sbom.components), std::move(sbom.statements), "SBOM " + sbom.name));
    core_.writer.submit<SetId>(
        shard::control_of(tenant), shard::Priority::person,
        [this, prepared](shard::Transaction& transaction) -> base::Result<SetId> {
            const SetId set = put(transaction, core_.software, *prepared);
            transaction.change("software set", set.get().hex());
            return set;
        },
        std::move(done));
}

void Inventories::attach_to_firmware(access::Actor actor, std::string model, std::string version, Sbom sbom,
                                     shard::Completion<SetId> done) {
    if (auto status = may_do(actor, access::Action::device_import); !status.ok())
        return done(std::move(status).error());
    if (model.empty() || version.empty()) return done(base::invalid("a model and a version are needed"));
    if (auto status = check_fact(device::key::model, model); !status.ok())
        return done(std::move(status).error());
    if (auto status = check_fact(device::key::firmware_version, version); !status.ok())
        return done(std::move(status).error());
    if (auto status = check(sbom); !status.ok()) return done(std::move(status).error());
    const std::string name = sbom.name;
    auto prepared = std::make_shared<const Prepared>(
        prepare(ports::Layer::base, std::move(sbom.components), std::move(sbom.statements), "SBOM " + name));
    const TenantId tenant = tenant_of(actor);
    core_.writer.submit<SetId>(
        shard::control_of(tenant), shard::Priority::person,
        [this, prepared, actor, model, version,
         name](shard::Transaction& transaction) -> base::Result<SetId> {
            const SetId set = put(transaction, core_.software, *prepared);
            const auto held = transaction.find<ports::FirmwareRow>({model, version});
            if (held && held->set == set) return set;
            transaction.put(ports::FirmwareRow{model, version, set, name, transaction.now()});
            transaction.change("firmware", model + " " + version);
            transaction.audit(
                {actor.text(), "firmware.sbom", "firmware " + model + " " + version,
                 held ? json_of({{"set", held->set.get().hex()}, {"sbom", held->sbom_name}}) : "",
                 json_of({{"set", set.get().hex()}, {"sbom", name}}), ""});
            return set;
        },
        [this, tenant, done = std::move(done)](base::Result<SetId> set) {
            if (set.ok()) reconcile(tenant);
            done(std::move(set));
        });
}

namespace {

// Of two that speak of one vulnerability in one component the newer counts: a build says "patched", and
// later that it is not. The first `held` were there; what is said again as it stands stays where it is.
std::vector<component::Statement> with_the_newer(std::size_t held,
                                                 std::vector<component::Statement> statements) {
    const auto key_of = [](const component::Statement& statement) {
        std::string key = statement.advisory + '\0' + statement.component_name;
        for (const auto* field : {&statement.version, &statement.purl})
            key += '\0' + field->value_or("\x01");
        return key;
    };
    std::unordered_map<std::string, std::size_t> last; // the newest of each key among what is new
    for (std::size_t i = held; i < statements.size(); ++i)
        last[key_of(statements[i])] = i;
    std::vector<component::Statement> out;
    for (std::size_t i = 0; i < statements.size(); ++i) {
        const auto newest = last.find(key_of(statements[i]));
        if (i < held && newest != last.end()) {
            // Said again, as it stands: once.
            if (newest->second >= held && statements[newest->second] == statements[i]) {
                newest->second = i;
                out.push_back(statements[i]);
            }
            continue;
        }
        if (newest == last.end() || newest->second == i) out.push_back(statements[i]);
    }
    return out;
}

// "SBOM gw.cdx.json and cve.json"
std::string with_origin(const std::string& origin, const std::string& name) {
    constexpr std::size_t kLongest = 300;
    if (origin.ends_with(" and " + name) || origin.find(" and " + name + " and ") != std::string::npos ||
        origin.ends_with(" and others"))
        return origin;
    return origin + (origin.size() + name.size() > kLongest ? " and others" : " and " + name);
}

} // namespace

void Inventories::state_of_firmware(access::Actor actor, std::string model, std::string version,
                                    std::string name, const Stated& stated, shard::Completion<SetId> done) {
    if (auto status = may_do(actor, access::Action::device_import); !status.ok())
        return done(std::move(status).error());
    const TenantId tenant = tenant_of(actor);
    const auto firmware = core_.control.find<ports::FirmwareRow>(tenant, {model, version});
    if (!firmware)
        return done(base::not_found("there is no SBOM of " + model + " " + version +
                                    ": attach one first, which says what it is made of"));
    const SetId before = firmware->set;
    const auto set = core_.software.set(tenant, before);
    auto components = core_.software.components(tenant, before);
    if (!set.ok()) return done(set.error());
    if (!components.ok()) return done(components.error());
    std::vector<component::Statement> statements = set->statements;
    if (auto status = stated(*components, statements); !status.ok()) return done(std::move(status).error());
    auto once = with_the_newer(set->statements.size(), std::move(statements));
    if (once.size() > kMaxInSbom)
        return done(base::too_large("more than " + std::to_string(kMaxInSbom) + " statements"));
    if (once == set->statements) return done(before);
    auto prepared = std::make_shared<const Prepared>(
        prepare(ports::Layer::base, *std::move(components), std::move(once), with_origin(set->origin, name)));
    core_.writer.submit<SetId>(
        shard::control_of(tenant), shard::Priority::person,
        [this, prepared, actor, model, version, name,
         before](shard::Transaction& transaction) -> base::Result<SetId> {
            auto held = transaction.find<ports::FirmwareRow>({model, version});
            if (!held || held->set != before)
                return base::conflict("another SBOM of " + model + " " + version +
                                      " came meanwhile: send the statements again");
            const SetId put_as = put(transaction, core_.software, *prepared);
            transaction.put(ports::FirmwareRow{model, version, put_as, held->sbom_name, transaction.now()});
            transaction.change("firmware", model + " " + version);
            transaction.audit({actor.text(), "firmware.stated", "firmware " + model + " " + version,
                               json_of({{"set", before.get().hex()}}),
                               json_of({{"set", put_as.get().hex()}, {"file", name}}), ""});
            return put_as;
        },
        [this, tenant, done = std::move(done)](base::Result<SetId> put_as) {
            if (put_as.ok()) reconcile(tenant);
            done(std::move(put_as));
        });
}

void Inventories::attach_to_device(access::Actor actor, DeviceId device, Sbom sbom,
                                   shard::Completion<SetId> done) {
    if (auto status = may_on_device(core_, actor, access::Action::device_edit, device); !status.ok())
        return done(std::move(status).error());
    if (auto status = check(sbom); !status.ok()) return done(std::move(status).error());
    const std::string name = sbom.name;
    auto prepared = std::make_shared<const Prepared>(
        prepare(ports::Layer::delta, std::move(sbom.components), std::move(sbom.statements), "SBOM " + name));
    core_.writer.submit<SetId>(
        shard::place_of(tenant_of(actor), device), shard::Priority::person,
        [this, prepared, actor, device, name](shard::Transaction& transaction) -> base::Result<SetId> {
            auto row = transaction.device(device);
            if (!row) return base::not_found("there is no device " + device.text());
            const SetId set = put(transaction, core_.software, *prepared);
            if (row->delta_set == set) return set;
            const SetId before = row->delta_set;
            move_delta_set(transaction, *row, set, "an SBOM was attached: " + name);
            transaction.audit({actor.text(), "device.sbom", "device " + device.text(),
                               json_of({{"set", before.get().hex()}}),
                               json_of({{"set", set.get().hex()}, {"sbom", name}}), ""});
            row->last_inventory = whole_seconds(transaction.now());
            transaction.put(*row);
            transaction.change("device", device.text(), "{\"what\":\"inventory\"}");
            return set;
        },
        std::move(done));
}

void Inventories::reconcile(TenantId tenant) {
    std::map<std::pair<std::string, std::string>, SetId> known;
    for (const auto& row : core_.control.list<ports::FirmwareRow>(tenant))
        known[{row->model, row->version}] = row->set;
    if (known.empty()) return;
    std::vector<DeviceId> behind;
    Selection selection;
    selection.tenant = tenant;
    selection.query = device::parse_query("").value();
    core_.fleet.each(selection, [&](const Glance& device) {
        const auto model = device.fact(device::key::model);
        if (!model) return;
        const auto at = known.find({std::string(*model), std::string(device.running_version())});
        if (at != known.end() && device.base_set() != at->second) behind.push_back(device.id());
    });
    for (const DeviceId& id : behind)
        core_.writer.submit(
            shard::place_of(tenant, id), shard::Priority::terminal,
            [this, id](shard::Transaction& transaction) -> base::Status {
                auto row = transaction.device(id);
                if (!row) return {};
                const SetId set =
                    base_set_for(transaction, core_.software, transaction.facts(id), row->running_version);
                if (set == row->base_set) return {};
                move_base_set(transaction, *row, set);
                transaction.put(*row);
                transaction.change("device", id.text(), "{\"what\":\"inventory\"}");
                return {};
            },
            [](base::Status) {
                // Tried again at the next start; until then the device has no base set, which reads as
                // unknown.
            });
}

} // namespace oakum::fleet
