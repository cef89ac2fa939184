// SPDX-License-Identifier: Apache-2.0
// What a phone is asked, and what becomes of its answers.
#include <apple_messages/commands.hpp>
#include <apple_messages/inventory.hpp>
#include <apple_phones/phones.hpp>
#include <connector/managed_device.hpp>

namespace oakum::apple_phones {

using apple::Phone;
using device::TenantId;
using ports::DocumentRow;

namespace {

struct Taken {
    apple::Turn turn;
    Phone phone;
};

// A phone that answers for another one.
bool is_of(const Phone& phone, const plist::Dict& answer) {
    const plist::Dict* told = answer.dict("QueryResponses");
    const auto udid = told ? told->text("UDID") : std::nullopt;
    return !udid || phone.by_user || *udid == phone.enrolment;
}

} // namespace

void Phones::report(TenantId tenant, Signer signer, apple_messages::Report report,
                    shard::Completion<std::string> done) {
    auto who = known(tenant, signer, report.enrolment);
    if (!who.ok()) return done(std::move(who).error());
    if (report.of_user) return done(std::string());
    // Most phones have nothing to do: nothing is written for them.
    if (!apple::would_change(who->phone, report.word, tools_.core.clock.now())) return done(std::string());
    const fleet::DeviceActor device = who->actor;
    auto decide = [this, device, digest = signer.by.by.digest.hex(), word = report.word, uuid = report.uuid,
                   error = report.error](shard::Transaction& transaction) -> base::Result<Taken> {
        const std::string name = std::string(kPhonePrefix) + device.device.text();
        TRY_VALUE(Phone phone, phone_of(transaction.document(name)));
        if (phone.certificate != digest) return base::denied("the enrolment was replaced");
        const bool due = word == apple::Word::idle && apple::is_due(phone, transaction.now());
        if (due) {
            const auto version = transaction.fact(device.device, device::key::os_version);
            apple::ask_everything(
                phone, declares(version ? version->value : ""), [this] { return fresh_uuid(); },
                transaction.now());
        }
        apple::Turn turn = apple::take_turn(phone, word, uuid, error, transaction.now());
        if (turn.changed || due) transaction.put(DocumentRow{name, to_document(phone)});
        return Taken{std::move(turn), std::move(phone)};
    };
    tools_.core.writer.submit<Taken>(
        shard::place_of(device.tenant, device.device), shard::Priority::poll, std::move(decide),
        [this, who = *std::move(who), report = std::move(report),
         done = std::move(done)](base::Result<Taken> taken) {
            if (!taken.ok()) return done(std::move(taken).error());
            std::string next;
            if (taken->turn.send) next = command(*taken->turn.send, taken->phone, who.actor);
            if (!taken->turn.answered || report.word != apple::Word::acknowledged)
                return done(std::move(next));
            take_answer(
                who, taken->turn.answered->kind, report.whole,
                [this, device = who.actor.device.text(), next = std::move(next), done](base::Status status) {
                    // What it runs is asked again another time: the phone goes on.
                    if (status.ok()) tell_news();
                    if (!status.ok())
                        tools_.log.write(base::LogLevel::warning, "apple",
                                         "what " + device +
                                             " answered could not be taken: " + status.error().text());
                    done(next);
                });
        });
}

std::string Phones::command(const apple::Command& command, const Phone& phone,
                            const fleet::DeviceActor& device) const {
    if (command.kind != apple::Kind::declarative_management)
        return apple_messages::write_command(command, phone);
    const auto all = apple_messages::declarations_of(phone, fact(device, device::key::os_version));
    return apple_messages::write_command(
        command, phone, apple_messages::write_tokens(all, phone.declared.value_or(phone.since)));
}

void Phones::take_answer(const Known& known, apple::Kind kind, const plist::Dict& answer,
                         std::function<void(base::Status)> done) {
    if (!is_of(known.phone, answer)) return done(base::denied("it answers for another phone"));
    fleet::InventoryReport told;
    told.tells_components = false;
    switch (kind) {
    case apple::Kind::device_information:
        told.facts = apple_messages::facts_of_device_information(answer);
        break;
    case apple::Kind::security_info:
        told.facts = apple_messages::facts_of_security_info(answer);
        break;
    case apple::Kind::installed_applications: {
        auto apps = apple_messages::apps_of(answer);
        if (!apps) return done(base::invalid("its answer holds no list of apps"));
        if (known.phone.personal) return done({}); // it was not asked
        told.components = *std::move(apps);
        told.tells_components = true;
        break;
    }
    case apple::Kind::declarative_management:
    case apple::Kind::remove_profile: // it says good-bye by itself
        return done({});
    }
    if (known.phone.personal)
        std::erase_if(told.facts,
                      [](const auto& fact) { return !connector::is_kept_of_personal(fact.first); });
    tools_.inventories.take(known.actor, std::move(told), "", std::move(done));
}

} // namespace oakum::apple_phones
