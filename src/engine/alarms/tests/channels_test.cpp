// SPDX-License-Identifier: Apache-2.0
#include "../../fleet/tests/house.hpp"

#include <alarms/channels.hpp>
#include <alarms/observe.hpp>
#include <alarms/outbox.hpp>
#include <json/parse.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::alarms;
using fleet::test::kTenant;

namespace {

using alarm::Cause;
using alarm::ChannelKind;
using alarm::Kind;
using alarm::Pace;
using base::ErrorKind;

// Turns it round, and notes what for.
struct Sealer final : ports::Sealer {
    base::Result<std::string> seal(base::ByteView secret, std::string_view purpose) override {
        return std::string(purpose) + "|" + std::string(secret.rbegin(), secret.rend());
    }
    base::Result<base::Bytes> open(std::string_view sealed, std::string_view purpose) override {
        if (!sealed.starts_with(std::string(purpose) + "|"))
            return base::corrupt("sealed for something else");
        sealed.remove_prefix(purpose.size() + 1);
        return base::Bytes(sealed.rbegin(), sealed.rend());
    }
};

// Keeps what it was given, and answers as it is told, or later.
struct Courier final : ports::Courier {
    void deliver(ports::Parcel parcel, std::function<void(base::Status)> done) override {
        parcels.push_back(std::move(parcel));
        if (later) return waiting.push_back(std::move(done));
        done(failure ? base::Status(*failure) : base::Status());
    }
    const ports::WebhookParcel& hook(std::size_t i) const {
        return std::get<ports::WebhookParcel>(parcels.at(i));
    }
    std::string type(std::size_t i) const { return json::parse(hook(i).body)->string_at("type").value(); }
    std::string id(std::size_t i) const { return json::parse(hook(i).body)->string_at("id").value(); }
    std::vector<ports::Parcel> parcels;
    std::vector<std::function<void(base::Status)>> waiting;
    std::optional<base::Error> failure;
    bool later = false;
};

struct House : fleet::test::House {
    Sealer sealer;
    Courier courier;
    Alarms alarms{core};
    Channels channels{core, sealer, dice, OwnAddresses::refused};
    Outbox outbox{core,     alarms, sealer, courier, [] { return std::string("https://oakum.example:8443"); },
                  executor, log};

    base::Result<ChannelMade> add(ChannelNew wish) {
        return result<ChannelMade>([&](auto reply) { channels.add(admin, std::move(wish), reply); });
    }
    alarm::ChannelId hook(Pace pace = Pace::at_once, const std::string& name = "hook") {
        ChannelNew wish;
        wish.name = name;
        wish.pace = pace;
        wish.address = "https://example.org/hook?token=hidden";
        wish.secret = "key";
        return add(wish)->row.id;
    }
    void take(Kind kind, std::vector<Cause> causes) {
        auto taken =
            result<Taken>([&](auto reply) { alarms.take(kTenant, {{kind}, std::move(causes)}, reply); });
        REQUIRE(taken.ok());
    }
    void pass(base::Duration span) {
        // Commits are answered between the steps of time.
        for (base::Duration gone{}; gone < span; gone += std::chrono::seconds(1)) {
            executor.advance(std::min<base::Duration>(std::chrono::seconds(1), span - gone));
            settle();
        }
    }
    ports::ChannelRow row(alarm::ChannelId id) { return *control.find<ports::ChannelRow>(kTenant, id); }
    std::vector<ports::MessageRow> messages() {
        std::vector<ports::MessageRow> all;
        for (const auto& message : control.list<ports::MessageRow>(kTenant))
            all.push_back(*message);
        return all;
    }
};

Cause cause(Kind kind, std::string subject = "") {
    Cause made;
    made.kind = kind;
    made.subject = std::move(subject);
    made.detail = "Something.";
    return made;
}
Cause exploited(std::string id) {
    Cause made = cause(Kind::exploited, id);
    made.things = {id};
    return made;
}

} // namespace

TEST_CASE("what opens and what closes is told, once, signed, with a link to the page") {
    House house;
    house.hook();
    house.outbox.start();
    house.take(Kind::exploited, {exploited("CVE-2024-1")});
    house.pass(std::chrono::seconds(2));
    REQUIRE(house.courier.parcels.size() == 1);
    CHECK(house.courier.type(0) == "oakum.alarm.opened");
    const auto& parcel = house.courier.hook(0);
    CHECK(parcel.url == "https://example.org/hook?token=hidden");
    CHECK(parcel.body.find("https://oakum.example:8443/vulnerabilities/CVE-2024-1") != std::string::npos);
    REQUIRE(parcel.headers.size() == 2);
    // When it was sent stands in the signature.
    const std::int64_t sent = std::strtoll(parcel.headers[1].second.c_str() + 2, nullptr, 10);
    CHECK(base::unix_seconds(house.clock.now()) - sent <= 2);
    CHECK(parcel.headers[1].second == signature("key", base::from_unix_ms(sent * 1000), parcel.body));
    house.pass(std::chrono::minutes(1));
    CHECK(house.courier.parcels.size() == 1);
    house.take(Kind::exploited, {});
    house.pass(std::chrono::seconds(2));
    REQUIRE(house.courier.parcels.size() == 2);
    CHECK(house.courier.type(1) == "oakum.alarm.closed");
}

TEST_CASE("a channel is changed by what is given; its secret stays, and goes to no other address") {
    House house;
    const auto id = house.hook();
    house.hook(Pace::at_once, "other");
    const auto change = [&](ChannelPatch patch) {
        return house.result<ports::ChannelRow>(
            [&](auto reply) { house.channels.change(house.admin, id, std::move(patch), reply); });
    };
    ChannelPatch patch;
    patch.name = "night";
    patch.pace = Pace::digest;
    const auto changed = change(patch);
    REQUIRE_MESSAGE(changed.ok(), changed.error().text());
    CHECK(changed->name == "night");
    CHECK(changed->address.empty()); // never shown
    CHECK(house.row(id).pace == Pace::digest);
    CHECK(house.row(id).secret == secret_purpose(id) + "|yek");

    patch = {};
    patch.address = "https://elsewhere.example/hook";
    CHECK(change(patch).error().where == "/secret");
    CHECK(house.row(id).server == "example.org");
    patch.secret = "new key";
    REQUIRE(change(patch).ok());
    CHECK(house.row(id).server == "elsewhere.example");
    CHECK(house.row(id).secret == secret_purpose(id) + "|yek wen");
    // The same address is none that changes.
    patch.secret.reset();
    CHECK(change(patch).ok());

    patch = {};
    patch.name = "other";
    CHECK(change(patch).error().kind == ErrorKind::conflict);
    patch = {};
    patch.address = "http://plain.example";
    patch.secret = "k";
    CHECK(change(patch).error().where == "/address");
    patch = {};
    patch.recipients = std::vector<std::string>{"a@example.org"};
    CHECK(change(patch).error().kind == ErrorKind::invalid);
    access::Actor viewer = house.admin;
    viewer.role = access::Role::viewer;
    CHECK(house.result<ports::ChannelRow>([&](auto reply) { house.channels.change(viewer, id, {}, reply); })
              .error()
              .kind == ErrorKind::denied);
}

TEST_CASE("a signature covers the time, so that an old one cannot be used again") {
    const base::TimePoint now = base::from_unix_ms(1'795'000'000'999);
    CHECK(signature("key", now, "{}") ==
          "t=1795000000,v1=" +
              base::hmac_sha256(base::as_bytes("key"), base::as_bytes("1795000000.{}")).hex());
    CHECK(signature("key", now, "{}") != signature("key", now + std::chrono::seconds(1), "{}"));
    CHECK(signature("key", now, "{}") != signature("other", now, "{}"));
}

TEST_CASE("a channel with the digest hears at once only what cannot wait, and of all that is open each day "
          "at six") {
    House house;
    const auto id = house.hook(Pace::digest);
    house.outbox.start();
    house.take(Kind::backup_old, {cause(Kind::backup_old)});
    house.pass(std::chrono::seconds(3));
    CHECK(house.courier.parcels.empty());
    house.take(Kind::exploited, {exploited("CVE-2024-1")});
    house.pass(std::chrono::seconds(3));
    REQUIRE(house.courier.parcels.size() == 1);
    CHECK(house.courier.type(0) == "oakum.alarm.opened");

    house.clock.wall_offset += alarm::next_digest(house.clock.now()) - house.clock.now();
    house.pass(std::chrono::seconds(4));
    REQUIRE(house.courier.parcels.size() == 2);
    CHECK(house.courier.type(1) == "oakum.digest");
    const json::Value data = json::parse(house.courier.hook(1).body)->at("data").value();
    CHECK(data.at("alarms")->size() == 2);
    CHECK(house.row(id).digested);
    house.pass(std::chrono::minutes(1));
    CHECK(house.courier.parcels.size() == 2);
    // A day on which nothing is wrong is nothing to read.
    house.take(Kind::backup_old, {});
    house.take(Kind::exploited, {});
    house.pass(std::chrono::seconds(3));
    const std::size_t before = house.courier.parcels.size();
    house.clock.wall_offset += alarm::next_digest(house.clock.now()) - house.clock.now();
    house.pass(std::chrono::seconds(4));
    CHECK(house.courier.parcels.size() == before);
}

TEST_CASE("what is muted says nothing, also when it gets worse or is over") {
    House house;
    house.hook();
    house.outbox.start();
    Cause feeds = cause(Kind::feeds_stale);
    feeds.things = {"kev"};
    house.take(Kind::feeds_stale, {feeds});
    house.pass(std::chrono::seconds(2));
    CHECK(house.courier.parcels.size() == 1);
    const alarm::AlarmId id = house.alarms.list(house.admin, Filter::open)->at(0).row.id;
    REQUIRE(house
                .status([&](auto reply) {
                    house.alarms.mute(house.admin, id, house.clock.now() + std::chrono::hours(1), "", reply);
                })
                .ok());
    feeds.things = {"kev", "nvd"};
    house.take(Kind::feeds_stale, {feeds});
    house.take(Kind::feeds_stale, {});
    house.pass(std::chrono::seconds(3));
    CHECK(house.courier.parcels.size() == 1);
}

TEST_CASE("alarms of one look are one message, and of many only some are named") {
    House house;
    house.hook();
    house.outbox.start();
    std::vector<Cause> causes;
    for (int i = 0; i < 30; ++i)
        causes.push_back(cause(Kind::rollout_waits, std::to_string(i)));
    house.take(Kind::rollout_waits, causes);
    house.pass(std::chrono::seconds(2));
    REQUIRE(house.courier.parcels.size() == 1);
    const json::Value data = json::parse(house.courier.hook(0).body)->at("data").value();
    CHECK(data.at("alarms")->size() == alarm::kMostTold);
    CHECK(data.uint_at("more").value() == 30 - alarm::kMostTold);
}

TEST_CASE("devices are counted before the command, which does not look through a fleet") {
    House house;
    house.token("t1", 1);
    const auto device = house.enrol("t1", "SN-1");
    REQUIRE(device.ok());
    house.hook();
    Cause seen = exploited("CVE-2024-1");
    seen.query = "serial = SN-1";
    house.alarms.take(kTenant, {{Kind::exploited}, {seen}}, [](base::Result<Taken>) {});
    // Retired until the command runs.
    ports::DeviceRow row = house.live.device({kTenant, device->device}).value();
    row.lifecycle = device::Lifecycle::retired;
    house.live.apply(shard::place_of(kTenant, row.id), ports::Row(row));
    REQUIRE(count(house.live, kTenant, {}, seen.query) == 0);
    house.settle();
    REQUIRE(house.messages().size() == 1);
    CHECK(house.messages()[0].content.find("affects 1 device.") != std::string::npos);
}

TEST_CASE("what fails is tried again, later each time, as the same message, and the channel says why") {
    House house;
    const auto id = house.hook();
    house.outbox.start();
    house.courier.failure = base::unavailable("it answered with status 500");
    house.take(Kind::exploited, {exploited("CVE-2024-1")});
    house.pass(std::chrono::seconds(20));
    REQUIRE(house.courier.parcels.size() == 3); // at once, after two seconds, after ten more
    CHECK(house.courier.id(0) == house.courier.id(1));
    CHECK(house.courier.id(0) == house.courier.id(2));
    CHECK(house.row(id).last_error == "it answered with status 500");
    REQUIRE(house.row(id).failed);
    CHECK(failing_channels(house.control, kTenant, house.clock.now()).empty());
    const auto causes =
        failing_channels(house.control, kTenant, house.clock.now() + std::chrono::minutes(11));
    REQUIRE(causes.size() == 1);
    CHECK(causes[0].name == "hook");
    house.courier.failure.reset();
    house.pass(std::chrono::minutes(2));
    CHECK(house.courier.parcels.size() == 4);
    CHECK(house.row(id).last_error.empty());
    CHECK_FALSE(house.row(id).failed);
    CHECK(house.row(id).delivered);
    REQUIRE(house.messages().size() == 1);
    CHECK(house.messages()[0].ended);
    CHECK(house.messages()[0].attempts == 4);
}

TEST_CASE("while the store takes nothing, a message is not told each second") {
    House house;
    house.hook();
    house.outbox.start();
    house.take(Kind::exploited, {exploited("CVE-2024-1")});
    for (int second = 0; second < 20; ++second) {
        house.executor.advance(std::chrono::seconds(1));
        house.executor.run();
        if (house.journal.busy()) house.journal.fail(base::unavailable("the disk is full"));
    }
    CHECK(house.courier.parcels.size() == 1);
    REQUIRE(house.messages().size() == 1);
    CHECK_FALSE(house.messages()[0].ended);
    house.pass(std::chrono::seconds(3));
    CHECK(house.courier.parcels.size() == 1);
    CHECK(house.messages()[0].ended);
    CHECK(house.messages()[0].attempts == 1);
}

TEST_CASE("what the receiver refuses for good is given up at once") {
    House house;
    const auto id = house.hook();
    house.outbox.start();
    for (const base::Error& refusal :
         {base::invalid("it answered with status 404"), base::denied("a redirect")}) {
        house.courier.failure = refusal;
        house.courier.parcels.clear();
        house.take(Kind::exploited, {exploited("CVE-2024-1")});
        house.pass(std::chrono::minutes(2));
        CHECK(house.courier.parcels.size() == 1);
        CHECK(house.row(id).last_error == refusal.message);
        house.take(Kind::exploited, {});
        house.pass(std::chrono::minutes(1));
    }
    for (const ports::MessageRow& message : house.messages())
        CHECK(message.ended);
}

TEST_CASE("what was not delivered when the server ended is delivered after its start") {
    House house;
    house.hook();
    house.take(Kind::exploited, {exploited("CVE-2024-1")});
    CHECK(house.courier.parcels.empty()); // the outbox had not begun
    REQUIRE(house.messages().size() == 1);
    house.outbox.start();
    house.pass(std::chrono::seconds(2));
    CHECK(house.courier.parcels.size() == 1);
}

TEST_CASE("one message of a channel is under way at a time") {
    House house;
    house.hook();
    house.courier.later = true;
    house.outbox.start();
    house.take(Kind::exploited, {exploited("CVE-2024-1")});
    house.take(Kind::backup_old, {cause(Kind::backup_old)});
    house.pass(std::chrono::seconds(5));
    REQUIRE(house.courier.parcels.size() == 1);
    house.courier.waiting[0](base::Status());
    house.pass(std::chrono::seconds(2));
    CHECK(house.courier.parcels.size() == 2);
}

TEST_CASE("a removed channel is told nothing more, and forgets its address") {
    House house;
    const auto id = house.hook();
    house.take(Kind::exploited, {exploited("CVE-2024-1")});
    REQUIRE(house.status([&](auto reply) { house.channels.remove(house.admin, id, reply); }).ok());
    house.outbox.start();
    house.pass(std::chrono::seconds(3));
    CHECK(house.courier.parcels.empty());
    CHECK(house.messages().at(0).ended);
    CHECK(house.row(id).address.empty());
    CHECK(house.row(id).secret.empty());
    CHECK(house.channels.list(house.admin)->empty());
    CHECK(house.status([&](auto reply) { house.channels.remove(house.admin, id, reply); }).error().kind ==
          ErrorKind::not_found);
}

TEST_CASE("the test button sends one message now and says in words what became of it") {
    House house;
    const auto id = house.hook();
    const auto test = [&] {
        return house.result<Tested>([&](auto reply) { house.outbox.test(house.admin, id, reply); }).value();
    };
    CHECK(test().delivered);
    CHECK(house.courier.type(0) == "oakum.test");
    house.courier.failure = base::unavailable("nobody answers at its address");
    const Tested tested = test();
    CHECK_FALSE(tested.delivered);
    CHECK(tested.error == "nobody answers at its address");
    CHECK(house.row(id).last_error == tested.error);
    CHECK(house.messages().empty());
    access::Actor operator_of = house.admin;
    operator_of.role = access::Role::operator_;
    CHECK(house.result<Tested>([&](auto reply) { house.outbox.test(operator_of, id, reply); }).error().kind ==
          ErrorKind::denied);
}

TEST_CASE("addresses and secrets are sealed, never shown and not in the audit log; a key that is made is "
          "told once") {
    House house;
    ChannelNew wish;
    wish.name = "hook";
    wish.address = "https://example.org:8443/hook?token=hidden";
    const ChannelMade made = house.add(wish).value();
    CHECK(made.secret.size() >= 43);
    CHECK(made.row.server == "example.org:8443");
    CHECK(made.row.address.empty());
    CHECK(made.row.secret.empty());
    CHECK(house.channels.list(house.admin)->at(0).address.empty());
    CHECK(house.row(made.row.id).address ==
          house.sealer.seal(base::as_bytes(wish.address), address_purpose(made.row.id)).value());
    CHECK(house.row(made.row.id).secret ==
          house.sealer.seal(base::as_bytes(made.secret), secret_purpose(made.row.id)).value());
    const auto audit = *house.history.audit(kTenant, 0, 100);
    REQUIRE(!audit.empty());
    CHECK(audit.back().action == "channel.create");
    CHECK(audit.back().after.find("hidden") == std::string::npos);
    CHECK(audit.back().after.find(made.secret) == std::string::npos);
    CHECK(house.add(wish).error().kind == ErrorKind::conflict);
}

TEST_CASE("a channel that cannot work is refused, with the place that is wrong") {
    struct Row {
        ChannelNew wish;
        const char* where;
    };
    const auto wish = [](ChannelKind kind, std::string address) {
        ChannelNew made;
        made.name = "c";
        made.kind = kind;
        made.address = std::move(address);
        return made;
    };
    const auto mail = [&](std::string address, std::string sender, std::vector<std::string> to) {
        ChannelNew made = wish(ChannelKind::mail, std::move(address));
        made.sender = std::move(sender);
        made.recipients = std::move(to);
        return made;
    };
    std::vector<Row> rows{
        {wish(ChannelKind::webhook, "http://example.org/"), "/address"},
        {wish(ChannelKind::webhook, "ftp://example.org/"), "/address"},
        {wish(ChannelKind::webhook, "https://"), "/address"},
        {wish(ChannelKind::webhook, "https:///path"), "/address"},
        {wish(ChannelKind::webhook, "https://user:pass@example.org/"), "/address"},
        {wish(ChannelKind::webhook, "https://exa mple.org/"), "/address"},
        {wish(ChannelKind::webhook, "https://example.org\\@evil/"), "/address"},
        {wish(ChannelKind::webhook, "https://example.org/\r\nX: y"), "/address"},
        {wish(ChannelKind::slack, "https://example.org/#x"), "/address"},
        {mail("https://example.org/", "o@e.org", {"a@e.org"}), "/address"},
        {mail("smtp://example.org:587/path", "o@e.org", {"a@e.org"}), "/address"},
        {mail("smtp://example.org:587", "nobody", {"a@e.org"}), "/sender"},
        {mail("smtp://example.org:587", "o@e.org", {}), "/recipients"},
        {mail("smtp://example.org:587", "o@e.org", {"a@e.org", "b"}), "/recipients/1"},
    };
    rows.push_back({wish(ChannelKind::slack, "https://example.org/"), "/secret"});
    rows.back().wish.secret = "x";
    rows.push_back({wish(ChannelKind::webhook, "https://example.org/"), "/kind"});
    rows.back().wish.recipients = {"a@e.org"};
    rows.push_back({mail("smtp://example.org:587", "o@e.org", {"a@e.org"}), "/account"});
    rows.back().wish.account = "o";
    rows.push_back({wish(ChannelKind::webhook, "https://example.org/"), "/name"});
    rows.back().wish.name = "two\nlines";
    House house;
    for (const Row& row : rows) {
        CAPTURE(row.wish.address);
        CAPTURE(row.where);
        const auto made = house.add(row.wish);
        REQUIRE_FALSE(made.ok());
        CHECK(made.error().where == row.where);
    }
    CHECK(house.channels.list(house.admin)->empty());
}

TEST_CASE("mail is for all recipients, with account and password") {
    House house;
    ChannelNew wish;
    wish.name = "mail";
    wish.kind = ChannelKind::mail;
    wish.pace = Pace::at_once;
    wish.address = "smtps://mail.example.org:465";
    wish.account = "oakum";
    wish.secret = "password";
    wish.sender = "oakum@example.org";
    wish.recipients = {"anna@example.org", "bert@example.org"};
    REQUIRE(house.add(wish).ok());
    house.outbox.start();
    house.take(Kind::backup_old, {cause(Kind::backup_old)});
    house.pass(std::chrono::seconds(2));
    REQUIRE(house.courier.parcels.size() == 1);
    const auto& parcel = std::get<ports::MailParcel>(house.courier.parcels[0]);
    CHECK(parcel.url == wish.address);
    CHECK(parcel.account == "oakum");
    CHECK(parcel.password == "password");
    CHECK(parcel.to == wish.recipients);
    CHECK(parcel.text.find("To: anna@example.org,\r\n bert@example.org") != std::string::npos);
}

TEST_CASE("only administrators of the whole fleet see and change channels") {
    House house;
    for (const auto role : {access::Role::viewer, access::Role::operator_, access::Role::approver}) {
        access::Actor actor = house.admin;
        actor.role = role;
        CHECK(house.channels.list(actor).error().kind == ErrorKind::denied);
    }
    access::Actor scoped = house.admin;
    scoped.scope = {base::Id128{1, 1}};
    CHECK(house.channels.list(scoped).error().kind == ErrorKind::denied);
}
