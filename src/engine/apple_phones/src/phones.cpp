// SPDX-License-Identifier: Apache-2.0
// What people do: profiles, and what is known of each phone.
#include <apple_phones/phones.hpp>

#include <array>

namespace oakum::apple_phones {

using access::Action;
using device::TenantId;
using ports::DocumentRow;

namespace {

constexpr std::size_t kLongestLabel = 100;
constexpr std::uint32_t kMostHours = 24 * 30;
// A profile that nobody can use any more is forgotten after so long.
constexpr auto kKeptProfile = std::chrono::hours(24 * 60);

std::string document(std::string_view prefix, const std::string& name) {
    return std::string(prefix) + name;
}

base::Status check(const access::Actor& actor, const ProfileWish& wish) {
    TRY(access::may(actor, Action::enrolment_edit).status());
    access::Resource resource{actor.tenant, std::vector<base::Id128>{}};
    if (!wish.group.is_zero()) resource.groups->push_back(wish.group.get());
    if (!access::may(actor, Action::enrolment_edit, resource).allowed)
        return wish.group.is_zero()
                   ? base::denied(
                         "you see only some groups of the fleet; name the group that the phone joins")
                         .at("/group")
                   : base::not_found("there is no group " + wish.group.text()).at("/group");
    if (wish.label.empty() || wish.label.size() > kLongestLabel || !base::is_utf8(wish.label))
        return base::invalid("say in at most 100 bytes whom the profile is for").at("/label");
    if (wish.hours == 0 || wish.hours > kMostHours)
        return base::invalid("a profile may be used for 1 to 720 hours").at("/hours");
    return {};
}

} // namespace

std::string Phones::fresh_uuid() const {
    std::array<std::uint8_t, 16> bytes{};
    tools_.random.fill(bytes);
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | 0x40U);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
    std::string hex = base::to_hex(bytes);
    for (const std::size_t at : {8U, 13U, 18U, 23U})
        hex.insert(at, "-");
    return hex;
}

void Phones::make_profile(const access::Actor& actor, ProfileWish wish, shard::Completion<MadeProfile> done) {
    if (auto good = check(actor, wish); !good.ok()) return done(std::move(good).error());
    std::array<std::uint8_t, 24> bytes{};
    tools_.random.fill(bytes);
    const std::string secret = base::to_base64url(bytes);
    apple_messages::Profile profile;
    profile.server = place_.server();
    profile.challenge = secret;
    profile.name = "Oakum device management";
    profile.personal = wish.personal;
    if (!wish.trusted_already) profile.authority = place_.authority();
    for (std::string& uuid : profile.uuids)
        uuid = fresh_uuid();
    MadeProfile made;
    profile.topic = place_.topic();
    if (profile.topic.empty()) {
        profile.topic = "com.apple.mgmt.External." + profile.uuids[0];
        made.warnings.emplace_back(
            "The server has no push certificate: phones are not woken, and once it has one, phones "
            "that were enrolled before have to be enrolled again.");
    }
    made.text = apple_messages::write_profile(profile);
    tools_.core.writer.submit<MadeProfile>(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, wish, made, name = base::sha256(secret).hex(),
         identifier = apple_messages::identifier_of(profile)](
            shard::Transaction& transaction) mutable -> base::Result<MadeProfile> {
            if (!wish.group.is_zero()) {
                const auto group = transaction.find<ports::GroupRow>(wish.group);
                if (!group || group->deleted)
                    return base::not_found("there is no group " + wish.group.text()).at("/group");
            }
            std::size_t open = 0;
            for (const auto& row : transaction.list<DocumentRow>()) {
                if (!row->name.starts_with(kProfilePrefix) || row->body.empty()) continue;
                const auto other = profile_of(row->body);
                if (!other.ok()) continue;
                if (other->expires > transaction.now()) ++open;
                if (other->expires + kKeptProfile < transaction.now())
                    transaction.put(DocumentRow{row->name, ""});
            }
            if (open >= kMostProfiles) return base::conflict("very many profiles wait to be used already");
            ProfileRecord record;
            record.label = wish.label;
            record.group = wish.group.is_zero() ? "" : wish.group.text();
            record.by = actor.text();
            record.identifier = identifier;
            record.personal = wish.personal;
            record.made = transaction.now();
            record.expires = transaction.now() + std::chrono::hours(wish.hours);
            made.expires = record.expires;
            transaction.put(DocumentRow{document(kProfilePrefix, name), to_document(record)});
            transaction.audit(
                {actor.text(), "apple.profile", "profile for " + wish.label, "", to_document(record), ""});
            return made;
        },
        std::move(done));
}

base::Result<std::vector<PhoneView>> Phones::list(const access::Actor& actor) const {
    TRY(fleet::may_do(actor, Action::device_read));
    const TenantId tenant = fleet::tenant_of(actor);
    std::vector<PhoneView> all;
    for (const auto& row : tools_.core.control.list<DocumentRow>(tenant)) {
        if (!row->name.starts_with(kPhonePrefix) || row->body.empty()) continue;
        const auto id = device::DeviceId::parse(row->name.substr(kPhonePrefix.size()));
        auto phone = phone_of(row->body);
        if (!id.ok() || !phone.ok() ||
            !fleet::may_on_device(tools_.core, actor, Action::device_read, *id).ok())
            continue;
        PhoneView view;
        view.device = *id;
        for (const device::Fact& fact : tools_.core.fleet.facts({tenant, *id})) {
            if (fact.key == device::key::name) view.name = fact.value;
            if (fact.key == device::key::model) view.model = fact.value;
        }
        view.phone = *std::move(phone);
        const auto kept = certificate_of(
            tools_.core.control.document(tenant, document(kCertificatePrefix, view.phone.certificate)));
        if (kept.ok()) view.certificate_ends = kept->not_after;
        all.push_back(std::move(view));
    }
    return all;
}

void Phones::order(const access::Actor& actor, device::DeviceId device, const char* deed,
                   std::function<base::Status(apple::Phone&, base::TimePoint)> change,
                   std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_on_device(tools_.core, actor, Action::device_operate, device);
        !allowed.ok())
        return done(std::move(allowed));
    tools_.core.writer.submit(
        shard::place_of(fleet::tenant_of(actor), device), shard::Priority::person,
        [actor, device, deed, change = std::move(change)](shard::Transaction& transaction) -> base::Status {
            const std::string name = document(kPhonePrefix, device.text());
            const std::string held = transaction.document(name);
            if (held.empty())
                return base::not_found(
                    "this device was not enrolled by Oakum's own management of Apple's devices");
            TRY_VALUE(apple::Phone phone, phone_of(held));
            if (phone.state != apple::State::enrolled)
                return base::conflict("the phone is not enrolled any more: it needs a new profile");
            TRY(change(phone, transaction.now()));
            transaction.put(DocumentRow{name, to_document(phone)});
            transaction.audit({actor.text(), deed, "device " + device.text(), "", "", ""});
            return {};
        },
        std::move(done));
}

void Phones::ask(const access::Actor& actor, device::DeviceId device,
                 std::function<void(base::Status)> done) {
    order(
        actor, device, "apple.ask",
        [this, version = fact({fleet::tenant_of(actor), device, ""}, device::key::os_version)](
            apple::Phone& phone, base::TimePoint now) -> base::Status {
            apple::ask_everything(phone, declares(version), [this] { return fresh_uuid(); }, now);
            return {};
        },
        std::move(done));
}

void Phones::release(const access::Actor& actor, device::DeviceId device,
                     std::function<void(base::Status)> done) {
    order(
        actor, device, "apple.release",
        [this](apple::Phone& phone, base::TimePoint now) -> base::Status {
            if (phone.personal)
                return base::conflict("it is a person's own: its owner takes the profile out, under "
                                      "Settings, General, VPN & Device Management");
            // What waits would only keep it.
            std::erase_if(phone.queue, [](const apple::Command& one) { return !one.sent; });
            apple::enqueue(phone, apple::Kind::remove_profile, 9, [this] { return fresh_uuid(); }, now);
            return {};
        },
        std::move(done));
}

} // namespace oakum::apple_phones
