// SPDX-License-Identifier: Apache-2.0
#include <fleet/uptake.hpp>

#include "change.hpp"
#include "delta_set.hpp"
#include "facts.hpp"
#include "match.hpp"

#include <connector/sweep.hpp>
#include <fleet/inventory.hpp>

#include <algorithm>
#include <device_lists/mac.hpp>
#include <unordered_set>

namespace oakum::fleet {
namespace {

using connector::ManagedDevice;

constexpr std::size_t kMostReasons = 20;

enum class Outcome : std::uint8_t { created, changed, unchanged, older, left };

struct Item {
    ManagedDevice device;
    device_lists::Record record;
    std::vector<DeviceId> doubles;
    DeviceId id;
    bool known = false;
};

std::string fact_of(const std::optional<device::Fact>& fact) {
    return fact ? fact->value : std::string();
}

} // namespace

struct Uptake::Parts : std::enable_shared_from_this<Uptake::Parts> {
    Parts(Core& its, TenantId of, Origin from)
        : core(its), tenant(of), origin(std::move(from)), matcher(core, tenant) {}

    Core& core;
    const TenantId tenant;
    const Origin origin;
    Matcher matcher;
    Counts counts;
    std::vector<std::string> reasons;
    struct Marked {
        DeviceId id;
        std::string serial, family; // of its system; empty: not said
    };
    std::map<std::string, Marked> marks;   // of this sweep: what names a device, and which it is
    std::unordered_set<std::string> named; // devices, by id
    std::size_t under_way = 0;
    std::function<void()> done;

    void refuse(std::string why);
    base::Result<Item> item_of(ManagedDevice device);
    base::Status identify(Item& item);
    void submit(std::shared_ptr<const Item> item);
    base::Result<Outcome> decide(shard::Transaction& transaction, const Item& item) const;
    base::Result<DeviceChange> change_of(shard::Transaction& transaction, const Item& item,
                                         const std::optional<ports::DeviceRow>& device) const;
    base::Result<bool> decide_apps(shard::Transaction& transaction, DeviceId id,
                                   const std::vector<component::Component>& apps) const;
    void forget_apps(shard::Transaction& transaction, ports::DeviceRow& device) const;
    base::Status decide_gone(shard::Transaction& transaction, DeviceId id) const;
    void note(const Item& item, const base::Result<Outcome>& outcome);
    void begin(std::function<void()> then);
    void ended();
};

void Uptake::Parts::refuse(std::string why) {
    ++counts.refused;
    if (reasons.size() < kMostReasons) reasons.push_back(std::move(why));
}

// `done` comes once, after all that was begun until `ended` is called for this.
void Uptake::Parts::begin(std::function<void()> then) {
    done = std::move(then);
    under_way = 1;
}

void Uptake::Parts::ended() {
    if (--under_way > 0) return;
    const auto then = std::exchange(done, nullptr);
    then();
}

base::Result<Item> Uptake::Parts::item_of(ManagedDevice device) {
    Item item;
    for (auto& [key, value] : device.facts) {
        if (key == "x.mac") {
            if (auto mac = device_lists::as_mac(value)) item.record.facts[key] = *std::move(mac);
            continue;
        }
        if (auto good = check_any_fact(key, value); !good.ok()) {
            // One that cannot be kept costs only itself, unless the device is known by it.
            if (key == origin.id_key) return std::move(good).error();
            continue;
        }
        item.record.facts[key] = value;
    }
    item.record.facts[std::string(kConnectorKey)] = origin.connector;
    item.record.facts[std::string(device::key::protocol)] = origin.protocol;
    item.device = std::move(device);
    TRY(identify(item));
    return item;
}

// By this sweep's own memory first, since what it has just made may not be found yet.
base::Status Uptake::Parts::identify(Item& item) {
    std::vector<std::string> its{"id " + item.device.id};
    for (const std::string& earlier : item.device.earlier_ids)
        its.push_back("id " + earlier);
    for (const std::string_view key : {device::key::serial, std::string_view("x.imei")})
        if (const auto at = item.record.facts.find(std::string(key)); at != item.record.facts.end())
            its.push_back(std::string(key) + " " + at->second);
    const auto said_of = [&](std::string_view key) {
        const auto at = item.record.facts.find(std::string(key));
        return at == item.record.facts.end() ? std::string() : at->second;
    };
    const std::string serial = said_of(device::key::serial);
    const std::string family(connector::family_of(said_of(device::key::platform)));
    const auto remember = [&](DeviceId id) {
        item.id = id;
        for (const std::string& mark : its)
            marks.insert_or_assign(mark, Marked{id, serial, family});
    };
    const auto differ = [](const std::string& one, const std::string& other) {
        return !one.empty() && !other.empty() && one != other;
    };
    for (const std::string& mark : its)
        if (const auto at = marks.find(mark); at != marks.end()) {
            // What two devices share by mistake makes them no one device.
            if (!mark.starts_with("id ") &&
                (differ(at->second.serial, serial) || differ(at->second.family, family)))
                continue;
            item.known = true;
            remember(DeviceId(at->second.id));
            return {};
        }
    TRY_VALUE(Match match, matcher.find(item.record));
    for (const std::string& earlier : item.device.earlier_ids) {
        if (match.device) break;
        device_lists::Record before;
        before.facts[origin.id_key] = earlier;
        if (auto found = matcher.find(before); found.ok()) match = *std::move(found);
    }
    if (match.device) {
        // Serial numbers are a maker's own: two makers may give the same.
        const auto held = core.fleet.fact({tenant, *match.device}, device::key::platform);
        const auto said = item.record.facts.find(std::string(device::key::platform));
        if (held && said != item.record.facts.end() &&
            connector::family_of(held->value) != connector::family_of(said->second))
            return base::conflict("the " + match.by + " is that of device " + match.device->text() +
                                  ", which runs " + held->value + " and not " + said->second);
    }
    item.known = match.device.has_value();
    item.doubles = std::move(match.doubles);
    remember(item.known ? *match.device : core.ids.next_as<DeviceId>());
    return {};
}

base::Result<DeviceChange> Uptake::Parts::change_of(shard::Transaction& transaction, const Item& item,
                                                    const std::optional<ports::DeviceRow>& device) const {
    device_lists::Record record = item.record;
    const auto held = [&](std::string_view key) { return transaction.fact(item.id, key); };
    if (device) {
        // Its agent says what it is; another connector that follows it says the rest.
        if (!device->certificate_serial.empty()) record.facts.erase(std::string(device::key::protocol));
        if (origin.others.contains(fact_of(held(kConnectorKey))))
            std::erase_if(record.facts, [&](const auto& fact) {
                return fact.first != origin.id_key && !fact_of(held(fact.first)).empty();
            });
    }
    TRY_VALUE(DeviceChange change,
              change_by(record, origin.title, GroupId(), device, held, transaction.now()));
    if (!device) return change;
    const auto drop = [&](device::Fact before) {
        device::Fact none;
        none.key = before.key;
        change.facts.push_back({std::move(before), std::move(none)});
    };
    if (auto gone = held(kConnectorGone)) drop(*std::move(gone));
    // What was known of it before it was a person's own.
    if (item.device.personal)
        for (device::Fact& fact : transaction.facts(item.id))
            if (fact.source == device::FactSource::imported && fact.detail == origin.title &&
                !connector::is_kept_of_personal(fact.key) && fact.key != origin.id_key) {
                fact.value = "(not kept)"; // nor in its history
                drop(std::move(fact));
            }
    return change;
}

base::Result<Outcome> Uptake::Parts::decide(shard::Transaction& transaction, const Item& item) const {
    if (const auto serial = item.record.facts.find(std::string(device::key::serial));
        serial != item.record.facts.end()) {
        const auto holder = transaction.device_by_serial(serial->second);
        if (holder && *holder != item.id)
            return base::conflict("the serial " + serial->second + " is that of device " + holder->text());
    }
    auto device = transaction.device(item.id);
    const std::optional<device::Fact> follower = transaction.fact(item.id, kConnectorKey);
    const auto told =
        whole_seconds(std::min(item.device.told.value_or(transaction.now()), transaction.now()));
    if (device) {
        if (device->lifecycle == device::Lifecycle::retired && !transaction.fact(item.id, kConnectorGone))
            return Outcome::left;
        const bool ours = device->certificate_serial.empty();
        if (ours && follower && device->last_inventory > told) return Outcome::older;
    }
    TRY_VALUE(const DeviceChange change, change_of(transaction, item, device));
    const bool speaks_for_itself = device && !device->certificate_serial.empty();
    if (change.empty() && (speaks_for_itself || device->last_inventory == told)) return Outcome::unchanged;
    if (!device) {
        device.emplace();
        device->id = item.id;
        device->first_seen = whole_seconds(transaction.now());
    }
    if (!change.empty()) {
        const auto undone =
            put_change(transaction, core.software, change, "told by " + origin.title, *device);
        if (!undone.ok()) return undone.error();
        transaction.change("device", item.id.text(),
                           change.fresh ? "{\"what\":\"created\"}" : "{\"what\":\"synced\"}");
    }
    if (!speaks_for_itself) device->last_inventory = told;
    if (item.device.personal && !speaks_for_itself) forget_apps(transaction, *device);
    transaction.put(*device);
    if (item.device.apps) TRY(decide_apps(transaction, item.id, *item.device.apps));
    return change.empty() ? Outcome::unchanged : change.fresh ? Outcome::created : Outcome::changed;
}

void Uptake::Parts::note(const Item& item, const base::Result<Outcome>& outcome) {
    if (!outcome.ok()) return refuse(item.device.id + ": " + outcome.error().message);
    switch (*outcome) {
    case Outcome::created:
        ++counts.created;
        break;
    case Outcome::changed:
        ++counts.changed;
        break;
    case Outcome::unchanged:
        ++counts.unchanged;
        break;
    case Outcome::older:
        ++counts.older;
        break;
    case Outcome::left:
        ++counts.left;
        break;
    }
}

void Uptake::Parts::submit(std::shared_ptr<const Item> item) {
    ++under_way;
    core.writer.submit<Outcome>(
        shard::place_of(tenant, item->id), shard::Priority::inventory,
        [self = shared_from_this(), item](shard::Transaction& transaction) {
            return self->decide(transaction, *item);
        },
        [self = shared_from_this(), item](base::Result<Outcome> outcome) {
            self->note(*item, outcome);
            self->ended();
        });
    for (const DeviceId& twin : item->doubles) {
        ++under_way;
        core.writer.submit(
            shard::place_of(tenant, twin), shard::Priority::inventory,
            [self = shared_from_this(), item, twin](shard::Transaction& transaction) -> base::Status {
                auto row = transaction.device(twin);
                if (!row || row->lifecycle != device::Lifecycle::unmanaged) return {};
                transaction.event({twin, transaction.now(), "lifecycle", "", "unmanaged", "retired",
                                   "it is device " + item->id.text() + ", told by " + self->origin.title});
                row->lifecycle = device::Lifecycle::retired;
                transaction.put(*row);
                transaction.change("device", twin.text(), "{\"what\":\"device.retire\"}");
                return {};
            },
            [self = shared_from_this()](base::Status) {
                // Two rows of one device until the next sweep.
                self->ended();
            });
    }
}

base::Result<bool> Uptake::Parts::decide_apps(shard::Transaction& transaction, DeviceId id,
                                              const std::vector<component::Component>& apps) const {
    auto device = transaction.device(id);
    const auto follower = transaction.fact(id, kConnectorKey);
    const auto ownership = transaction.fact(id, "x.ownership");
    // Of one with an agent the agent says it, and of a person's own nobody has to know it.
    if (!device || !device->certificate_serial.empty() || fact_of(follower) != origin.connector ||
        fact_of(ownership) != "company" || device->lifecycle == device::Lifecycle::retired)
        return false;
    const SetId set = put_set(transaction, core.software, ports::Layer::delta, apps, {}, origin.title);
    if (device->delta_set == set) return false;
    move_delta_set(transaction, *device, set,
                   origin.title + " tells " + std::to_string(apps.size()) + " apps");
    transaction.put(*device);
    transaction.change("device", id.text(), "{\"what\":\"inventory\"}");
    return true;
}

// What was told of its apps before it was a person's own.
void Uptake::Parts::forget_apps(shard::Transaction& transaction, ports::DeviceRow& device) const {
    const auto held = core.software.set(tenant, device.delta_set);
    if (!held.ok() || held->origin != origin.title || held->components.empty()) return;
    move_delta_set(transaction, device,
                   put_set(transaction, core.software, ports::Layer::delta, {}, {}, origin.title),
                   "it is a person's own: its apps are not kept");
}

base::Status Uptake::Parts::decide_gone(shard::Transaction& transaction, DeviceId id) const {
    auto device = transaction.device(id);
    if (!device || fact_of(transaction.fact(id, kConnectorKey)) != origin.connector) return {};
    const std::string why = origin.title + " names it no more, in " +
                            std::to_string(connector::kSweepsUntilGone) + " full syncs one after the other";
    transaction.put(
        ports::FactRow{id,
                       {std::string(kConnectorGone), base::to_date(transaction.now()),
                        device::FactSource::imported, origin.title, minute_of(transaction.now())}});
    // Its agent still speaks for it.
    if (!device->certificate_serial.empty()) return {};
    if (device->lifecycle == device::Lifecycle::retired) return {};
    transaction.event({id, transaction.now(), "lifecycle", "",
                       std::string(device::to_string(device->lifecycle)), "retired", why});
    device->lifecycle = device::Lifecycle::retired;
    transaction.put(*device);
    transaction.change("device", id.text(), "{\"what\":\"device.retire\"}");
    return {};
}

Uptake::Uptake(Core& core, TenantId tenant, Origin origin)
    : parts_(std::make_shared<Parts>(core, tenant, std::move(origin))) {}

Uptake::~Uptake() = default;

void Uptake::take(std::vector<ManagedDevice> page, std::function<void()> done) {
    Parts& parts = *parts_;
    // Of two records of one device on this page the newer counts.
    std::map<std::string, std::shared_ptr<Item>> items;
    for (ManagedDevice& device : page) {
        const std::string id = device.id;
        auto item = parts.item_of(std::move(device));
        if (!item.ok()) {
            parts.refuse(id + ": " + item.error().message);
            // Named all the same: what cannot be taken of it is no sign that it left.
            device_lists::Record its;
            its.facts[parts.origin.id_key] = id;
            if (const auto held = parts.matcher.find(its); held.ok() && held->device)
                parts.named.insert(held->device->text());
            continue;
        }
        parts.named.insert(item->id.text());
        auto& held = items[item->id.text()];
        if (held) ++parts.counts.older;
        if (!held || item->device.told > held->device.told) held = std::make_shared<Item>(*std::move(item));
    }
    parts.begin(std::move(done));
    parts.core.writer.executor().post([self = parts_, items = std::move(items)] {
        for (const auto& [id, item] : items)
            self->submit(item);
        self->ended();
    });
}

void Uptake::take_apps(std::map<std::string, std::vector<component::Component>> apps,
                       std::function<void()> done) {
    Parts& parts = *parts_;
    std::vector<std::pair<DeviceId, std::vector<component::Component>>> sets;
    for (auto& [id, components] : apps)
        if (const auto at = parts.marks.find("id " + id); at != parts.marks.end())
            sets.emplace_back(at->second.id, std::move(components));
    parts.begin(std::move(done));
    parts.core.writer.executor().post([self = parts_, sets = std::move(sets)]() mutable {
        for (auto& [device, told] : sets) {
            ++self->under_way;
            self->core.writer.submit<bool>(
                shard::place_of(self->tenant, device), shard::Priority::inventory,
                [self, id = device, components = std::move(told)](shard::Transaction& transaction) {
                    return self->decide_apps(transaction, id, components);
                },
                [self](base::Result<bool> changed) {
                    if (!changed.ok()) self->refuse("apps: " + changed.error().message);
                    self->ended();
                });
        }
        self->ended();
    });
}

void Uptake::retire(const std::vector<std::string>& devices, std::function<void()> done) {
    std::vector<DeviceId> ids;
    for (const std::string& text : devices)
        if (const auto id = DeviceId::parse(text); id.ok()) ids.push_back(*id);
    parts_->begin(std::move(done));
    parts_->core.writer.executor().post([self = parts_, ids = std::move(ids)] {
        for (const DeviceId& id : ids) {
            ++self->under_way;
            self->core.writer.submit(
                shard::place_of(self->tenant, id), shard::Priority::inventory,
                [self, id](shard::Transaction& transaction) { return self->decide_gone(transaction, id); },
                [self](base::Status status) {
                    if (status.ok())
                        ++self->counts.gone;
                    else
                        self->refuse(status.error().message);
                    self->ended();
                });
        }
        self->ended();
    });
}

const Uptake::Counts& Uptake::counts() const {
    return parts_->counts;
}

const std::vector<std::string>& Uptake::reasons() const {
    return parts_->reasons;
}

void Uptake::refuse(std::string why) {
    parts_->refuse(std::move(why));
}

std::vector<std::string> Uptake::unnamed() const {
    std::vector<std::string> unnamed;
    const auto query =
        device::parse_query(std::string(kConnectorKey) + " = \"" + parts_->origin.connector + "\"");
    if (!query.ok()) return unnamed;
    const Selection followed{parts_->tenant, {}, *query, Records::all};
    parts_->core.fleet.each(followed, [&](const Glance& device) {
        if (device.lifecycle() == device::Lifecycle::retired) return;
        std::string id = device.id().text();
        if (!parts_->named.contains(id)) unnamed.push_back(std::move(id));
    });
    return unnamed;
}

} // namespace oakum::fleet
