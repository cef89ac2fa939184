// SPDX-License-Identifier: Apache-2.0
#include "match.hpp"

#include "change.hpp"

#include <algorithm>
#include <array>
#include <base/digest.hpp>
#include <device_lists/mac.hpp>
#include <limits>

namespace oakum::fleet {
namespace {

constexpr std::size_t kShortestHost = 4;
// What many devices are called.
constexpr std::array<std::string_view, 9> kNobody{
    "android",   "iphone",     "ipad", "localhost", "unknown", "printer", "localhost.localdomain",
    "espressif", "raspberrypi"};

struct Mark {
    std::string_view key, called;
};
// Given once to a device by whoever manages or makes it.
constexpr std::array<Mark, 5> kOwnMarks{Mark{"x.intune_id", "Intune id"}, Mark{"x.jamf_id", "Jamf id"},
                                        Mark{"x.amapi_device", "Android Management name"},
                                        Mark{"x.udid", "UDID"}, Mark{"x.imei", "IMEI"}};
constexpr Mark kMac{"x.mac", "MAC address"}, kAddress{"address", "address"}, kName{"name", "host name"};

std::string text_of(const device_lists::Record& record, std::string_view key) {
    const auto at = record.facts.find(std::string(key));
    return at == record.facts.end() ? std::string() : at->second;
}

// "CAM-5.plant.example" and "cam-5" are one host.
std::string folded(std::string_view key, std::string_view value) {
    std::string out(value);
    if (key != kName.key) return out;
    out.resize(std::min(out.find('.'), out.size()));
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::uint64_t hash_of(std::string_view value) {
    return base::siphash24(0x696d706f7274, 0x6d61726b, base::as_bytes(value));
}

} // namespace

const Matcher::Index& Matcher::index(std::string_view key) {
    if (const auto at = indexes_.find(key); at != indexes_.end()) return at->second;
    Index& index = indexes_.emplace(std::string(key), Index()).first->second;
    const Selection all{tenant_, {}, device::parse_query("").value(), Records::all};
    (void)core_.fleet.each_from(all, 0, std::numeric_limits<std::size_t>::max(),
                                [&](std::uint32_t slot, const Glance& device) {
                                    if (const auto value = device.fact(key))
                                        index.emplace_back(hash_of(folded(key, *value)), slot);
                                });
    std::sort(index.begin(), index.end());
    return index;
}

std::vector<Matcher::Candidate> Matcher::having(std::string_view key, const std::string& value,
                                                bool sighting) {
    const std::string wanted = folded(key, value);
    const Index& all = index(key);
    const std::uint64_t hash = hash_of(wanted);
    std::vector<std::uint32_t> slots;
    for (auto at = std::lower_bound(all.begin(), all.end(), std::pair(hash, std::uint32_t{0}));
         at != all.end() && at->first == hash && slots.size() < 64; ++at)
        slots.push_back(at->second);
    std::vector<Candidate> found;
    core_.fleet.at_slots(tenant_, slots, [&](std::uint32_t, const Glance& device) {
        const auto fact = [&](std::string_view name) { return std::string(device.fact(name).value_or("")); };
        const bool retired = device.lifecycle() == device::Lifecycle::retired;
        if ((retired && !sighting) || folded(key, fact(key)) != wanted) return;
        // An address alone says little of one that has left.
        if (retired && key != kMac.key && !(key == kAddress.key && fact(kMac.key).empty())) return;
        found.push_back({device.id(), device.lifecycle() == device::Lifecycle::unmanaged, retired,
                         fact(device::key::serial), fact(kMac.key), fact("x.ethernet_mac"),
                         fact(device::key::site)});
    });
    if (std::any_of(found.begin(), found.end(), [](const Candidate& c) { return !c.retired; }))
        std::erase_if(found, [](const Candidate& c) { return c.retired; });
    return found;
}

base::Status Matcher::claim(const std::string& mark, std::uint64_t line) {
    const auto [at, first] = claimed_.try_emplace(hash_of(mark), line);
    if (first || at->second == line) return {};
    return base::invalid("line " + std::to_string(at->second) + " names the same device (" + mark + ")");
}

bool Matcher::is_claimed(DeviceId device, std::uint64_t line) const {
    const auto at = claimed_.find(hash_of("device " + device.text()));
    return at != claimed_.end() && at->second != line;
}

// The one device that has the record's value; nothing when none has. Unmanaged ones beside a managed one are
// it too.
base::Result<std::optional<Match>> Matcher::by_key(std::string_view key, std::string_view called,
                                                   const device_lists::Record& record,
                                                   bool without_serial_only) {
    const std::string value = text_of(record, key);
    if (value.empty()) return std::optional<Match>();
    const std::string mac = text_of(record, kMac.key), site = text_of(record, device::key::site);
    std::vector<Candidate> found = having(key, value, record.sighting);
    std::erase_if(found, [&](const Candidate& candidate) {
        if (without_serial_only && !candidate.serial.empty()) return true;
        // Another network card than this one, or another site: an address and a name move from one device to
        // the next, and private addresses are the same in many places.
        if (key != kAddress.key && key != kName.key) return false;
        const bool other_card =
            !mac.empty() && !candidate.mac.empty() && candidate.mac != mac && candidate.other_mac != mac;
        return other_card || (!site.empty() && !candidate.site.empty() && candidate.site != site);
    });
    if (found.empty()) return std::optional<Match>();
    std::stable_partition(found.begin(), found.end(), [](const Candidate& c) { return !c.unmanaged; });
    const auto managed =
        std::count_if(found.begin(), found.end(), [](const Candidate& c) { return !c.unmanaged; });
    const bool one =
        managed == 1 || (managed == 0 && (found.size() == 1 || key == kMac.key)) || found.front().retired;
    // A name or an address that several have says nothing of this one.
    if (!one && (key == kName.key || without_serial_only)) return std::optional<Match>();
    if (!one)
        return base::conflict(std::to_string(found.size()) + " devices have the " + std::string(called) +
                              " " + value + "; name a serial number");
    std::optional<Match> match(std::in_place);
    match->device = found.front().id;
    match->by = std::string(called) + " " + value;
    if (key != kName.key)
        for (std::size_t i = 1; i < found.size(); ++i)
            if (found[i].unmanaged) match->doubles.push_back(found[i].id);
    return match;
}

base::Result<Match> Matcher::by_id(const device_lists::Record& record, const std::string& serial) {
    const auto id = DeviceId::parse(record.id);
    const auto device = id.ok() ? core_.fleet.device({tenant_, *id}) : std::nullopt;
    if (!device) return base::invalid("there is no device with the id '" + record.id.substr(0, 64) + "'");
    const auto own = core_.fleet.fact({tenant_, *id}, device::key::serial);
    if (!serial.empty() && own && own->value != serial)
        return base::invalid("the device with this id has the serial " + own->value + ", not " + serial);
    if (!serial.empty() && !own && core_.fleet.by_serial(tenant_, serial))
        return base::invalid("another device has the serial " + serial);
    return Match{*id, "id " + record.id, {}};
}

base::Result<Match> Matcher::by_serial(const device_lists::Record& record, const std::string& serial) {
    if (const auto id = core_.fleet.by_serial(tenant_, serial)) return Match{id, "serial " + serial, {}};
    // Perhaps known already without its serial: by its own marks or its network card.
    for (const Mark& mark : kOwnMarks) {
        TRY_VALUE(auto match, by_key(mark.key, mark.called, record, true));
        if (match) return std::move(*match);
    }
    TRY_VALUE(auto match, by_key(kMac.key, kMac.called, record, true));
    return match ? std::move(*match) : Match{std::nullopt, "serial " + serial, {}};
}

base::Result<Match> Matcher::by_other_marks(const device_lists::Record& record) {
    std::string by;
    for (const Mark& mark : kOwnMarks) {
        TRY_VALUE(auto match, by_key(mark.key, mark.called, record, false));
        if (match) return std::move(*match);
        const std::string value = text_of(record, mark.key);
        if (by.empty() && !value.empty()) by = std::string(mark.called) + " " + value;
    }
    const std::string site = text_of(record, device::key::site);
    for (const Mark& mark : {kMac, kAddress}) {
        TRY_VALUE(auto match, by_key(mark.key, mark.called, record, false));
        if (match) return std::move(*match);
        const std::string value = text_of(record, mark.key);
        if (!by.empty() || value.empty()) continue;
        by = std::string(mark.called) + " " + value;
        if (mark.key == kAddress.key && !site.empty()) by += " at " + site;
    }
    const std::string host = folded(kName.key, text_of(record, kName.key));
    if (record.sighting && host.size() >= kShortestHost &&
        std::find(kNobody.begin(), kNobody.end(), host) == kNobody.end()) {
        // Of two that call themselves the same the second is rather shown twice than not at all.
        TRY_VALUE(auto match, by_key(kName.key, kName.called, record, false));
        if (match && !is_claimed(*match->device, record.line)) return std::move(*match);
    }
    if (by.empty())
        return base::invalid(
            "nothing in it names a device: neither a serial nor an id, a MAC address or an address");
    return Match{std::nullopt, by, {}};
}

base::Result<Match> Matcher::find(const device_lists::Record& record) {
    const std::string serial = text_of(record, device::key::serial);
    TRY_VALUE(Match match, !record.id.empty() ? by_id(record, serial)
                           : !serial.empty()  ? by_serial(record, serial)
                                              : by_other_marks(record));
    TRY(claim(match.device ? "device " + match.device->text() : match.by, record.line));
    // Known by its serial, and seen by its network card before that.
    if (const std::string mac = text_of(record, kMac.key);
        match.device && match.doubles.empty() && !mac.empty())
        for (const Candidate& other : having(kMac.key, mac, false))
            if (other.unmanaged && other.id != *match.device) match.doubles.push_back(other.id);
    std::erase_if(match.doubles,
                  [&](const DeviceId& id) { return !claim("device " + id.text(), record.line).ok(); });
    return match;
}

} // namespace oakum::fleet
