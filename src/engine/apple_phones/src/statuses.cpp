// SPDX-License-Identifier: Apache-2.0
// What is declared to a phone, and what it says of that.
#include "own_facts.hpp"

#include <apple/replay.hpp>
#include <apple_phones/phones.hpp>
#include <connector/connector.hpp>
#include <connector/managed_device.hpp>

namespace oakum::apple_phones {

using apple::Phone;
using device::DeviceId;
using device::TenantId;
using ports::DocumentRow;
using shard::Transaction;

namespace {

constexpr std::string_view kPolicy = "x.policy", kApplied = "x.applied_policy", kError = "x.declared_error";
constexpr std::uint32_t kDeclareFirst = 8;

std::string document(const DeviceId& device) {
    return std::string(kPhonePrefix) + device.text();
}

// Whether the phone keeps what is declared of its system, or why not.
void note_taken(Transaction& transaction, const fleet::DeviceActor& device, const Phone& phone,
                const apple_messages::Status& status, const std::string& runs) {
    if (!status.tells_declarations) return;
    const auto all = apple_messages::declarations_of(phone, runs);
    const auto* system = apple_messages::find(all, "declaration/configuration/" +
                                                       std::string(apple_messages::kSystemDeclaration));
    const bool of_it = system != nullptr && status.system && status.system->token == system->token;
    const bool keeps = of_it && status.system->active && status.system->valid;
    put_own(transaction, device.device, kApplied,
            keeps && phone.enforced ? apple::words(*phone.enforced) : std::string());
    put_own(transaction, device.device, kError, of_it && !keeps ? status.system->error : std::string());
}

// "26.3 (a)": what is told now, with what stays of what was told before.
std::string version_of(const apple_messages::Status& status, const std::string& before) {
    if (!status.version && !status.extra) return {};
    const std::string base = status.version.value_or(before.substr(0, before.find(' ')));
    // The same release, without a word of what is on top: that stays.
    const bool stays = !status.extra && before.starts_with(base + " ");
    if (base.empty() || stays) return {};
    return status.extra && !status.extra->empty() ? base + " " + *status.extra : base;
}

} // namespace

std::string Phones::fact(const fleet::DeviceActor& device, std::string_view key) const {
    const auto held = tools_.core.fleet.fact({device.tenant, device.device}, key);
    return held ? held->value : std::string();
}

void Phones::declare(TenantId tenant, DeviceId device, std::optional<apple::Enforced> enforced,
                     std::function<void(base::Status)> done) {
    tools_.core.writer.submit(
        shard::place_of(tenant, device), shard::Priority::download,
        [this, device, enforced = std::move(enforced)](Transaction& transaction) -> base::Status {
            const std::string text = transaction.document(document(device));
            if (text.empty()) return base::not_found("it was not enrolled by Oakum's own management");
            TRY_VALUE(Phone phone, phone_of(text));
            if (phone.state != apple::State::enrolled) return base::not_found("the phone left");
            if (enforced && (phone.personal || phone.by_user))
                return base::invalid("it is a person's own: nothing is declared of its system");
            const auto version = transaction.fact(device, device::key::os_version);
            if (enforced && !apple::takes_enforcement(version ? version->value : ""))
                return base::invalid("only iOS 17 and later take a date by which they have to update");
            phone.enforced = enforced;
            phone.declared = transaction.now();
            if (!apple::enqueue(
                    phone, apple::Kind::declarative_management, kDeclareFirst,
                    [this] { return fresh_uuid(); }, transaction.now()))
                return base::invalid("too much waits for it already");
            put_own(transaction, device, kPolicy, enforced ? apple::words(*enforced) : std::string());
            transaction.put(DocumentRow{document(device), to_document(phone)});
            transaction.change("device", device.text());
            return {};
        },
        std::move(done));
}

void Phones::drop_token(TenantId tenant, DeviceId device, std::string token) {
    tools_.core.writer.submit(
        shard::place_of(tenant, device), shard::Priority::telemetry,
        [device, token = std::move(token)](Transaction& transaction) -> base::Status {
            const std::string text = transaction.document(document(device));
            if (text.empty()) return {};
            TRY_VALUE(Phone phone, phone_of(text));
            if (phone.token != token) return {}; // it told another one since
            phone.token.clear();
            transaction.put(DocumentRow{document(device), to_document(phone)});
            transaction.event({device, transaction.now(), "push", "", "", "",
                               "Apple's push service knows it no more: it is not woken until it speaks"});
            return {};
        },
        [](const base::Status&) {
            // It is found out again with the next push.
        });
}

void Phones::declarative(Known known, Signer signer, apple_messages::CheckIn message,
                         shard::Completion<std::string> done) {
    const std::string& endpoint = message.endpoint;
    if (endpoint == "status") {
        auto status = apple_messages::read_status(base::as_text(message.data));
        if (!status.ok()) return done(std::move(status).error());
        return take_status(std::move(known), std::move(signer), *std::move(status), std::move(done));
    }
    const auto all = apple_messages::declarations_of(known.phone, fact(known.actor, device::key::os_version));
    if (endpoint == "tokens")
        return done(apple_messages::write_tokens(all, known.phone.declared.value_or(known.phone.since)));
    if (endpoint == "declaration-items") return done(apple_messages::write_items(all));
    const apple_messages::Declaration* found = apple_messages::find(all, endpoint);
    if (found == nullptr)
        return done(base::not_found("there is no such declaration, or no more").at("/Endpoint"));
    done(found->text);
}

void Phones::take_status(Known known, Signer signer, apple_messages::Status status,
                         shard::Completion<std::string> done) {
    fleet::InventoryReport told;
    told.tells_components = false;
    told.facts = status.facts;
    told.forget = status.forget;
    const std::string version = version_of(status, fact(known.actor, device::key::os_version));
    if (!version.empty()) told.facts[std::string(device::key::os_version)] = version;
    if (known.phone.personal)
        std::erase_if(told.facts,
                      [](const auto& fact) { return !connector::is_kept_of_personal(fact.first); });
    tools_.core.writer.submit(
        shard::place_of(known.actor.tenant, known.actor.device), shard::Priority::inventory,
        [known, signer, status, version](Transaction& transaction) -> base::Status {
            const std::string name = document(known.actor.device);
            TRY_VALUE(Phone phone, phone_of(transaction.document(name)));
            if (phone.certificate != known.phone.certificate)
                return base::denied("the enrolment was replaced");
            // A copy of an old one would set back what is known of it.
            const auto& at = signer.by.at;
            if (at && phone.signed_at && *at + apple::kClockSlack < *phone.signed_at)
                return base::conflict("this report was signed before one that was taken: an old one changes "
                                      "nothing");
            const auto runs = transaction.fact(known.actor.device, device::key::os_version);
            note_taken(transaction, known.actor, phone, status,
                       !version.empty() ? version
                       : runs           ? runs->value
                                        : std::string());
            if (at && (!phone.signed_at || *at > *phone.signed_at)) {
                phone.signed_at = std::min(*at, transaction.now());
                transaction.put(DocumentRow{name, to_document(phone)});
            }
            return {};
        },
        [this, actor = known.actor, told = std::move(told),
         done = std::move(done)](base::Status noted) mutable {
            if (!noted.ok()) return done(std::move(noted).error());
            tools_.inventories.take(actor, std::move(told), "", [this, done](base::Status taken) {
                if (!taken.ok()) return done(std::move(taken).error());
                tell_news();
                done(std::string());
            });
        });
}

} // namespace oakum::apple_phones
