// SPDX-License-Identifier: Apache-2.0
// The protocol over the real fleet and the real rollouts, with a device of object 5 in virtual time.
#include "../../../engine/rollouts/tests/world.hpp"

#include <lwm2m/protocol.hpp>
#include <lwm2m_data/records.hpp>

#include <fstream>
#include <malloc.h>
#include <unistd.h>

using namespace oakum;
using namespace oakum::lwm2m;
using ports::CoapMessage;
using ports::CoapPeer;
using ports::coap::Option;
using S = install::State;
namespace coap = ports::coap;

namespace {

const std::string kContent(5000, 'p');

class OneBlob final : public ports::Blobs {
  public:
    OneBlob() { std::ofstream(file_, std::ios::binary) << kContent; }
    ~OneBlob() override { std::filesystem::remove(file_); }
    OneBlob(const OneBlob&) = delete;
    OneBlob& operator=(const OneBlob&) = delete;
    base::Result<std::uint64_t> begin(const std::string&, std::uint64_t) override { return std::uint64_t{0}; }
    base::Status append(const std::string&, std::uint64_t, base::ByteView) override { return {}; }
    base::Status finish(const std::string&, const base::Digest256&) override { return {}; }
    base::Status discard(const std::string&) override { return {}; }
    base::Result<std::filesystem::path> path(const base::Digest256&) override { return file_; }
    base::Status rehash(const base::Digest256&) override { return {}; }

  private:
    std::filesystem::path file_ =
        std::filesystem::temp_directory_path() / ("oakum-lwm2m-test-" + std::to_string(::getpid()));
};

class Sealer final : public ports::Sealer {
  public:
    base::Result<std::string> seal(base::ByteView secret, std::string_view) override {
        return base::to_hex(secret);
    }
    base::Result<base::Bytes> open(std::string_view sealed, std::string_view) override {
        return base::from_hex(sealed);
    }
};

// What a device answers; what it was asked is kept.
struct Device {
    int state = 0, result = 0, delivery = 0;
    std::string version = "1.0", address, pushed, token;
    bool deaf = false, reads_text = true, stubborn = false;
    std::vector<std::string> asked;

    static std::string number(std::uint16_t id, int value) {
        std::string out = {static_cast<char>(0xc1), static_cast<char>(id), static_cast<char>(value)};
        return out;
    }
    CoapMessage answer(const CoapMessage& request) {
        const std::string path = request.path();
        asked.push_back(std::to_string(request.code) + " " + path);
        CoapMessage said;
        said.code = coap::kContent;
        said.add(Option::content_format, std::uint32_t{lwm2m_data::kTlv});
        if (request.code == coap::kGet && path == "/3/0") {
            said.payload = lwm2m_data::encode_tlv(0, "Acme") + lwm2m_data::encode_tlv(1, "GW-1") +
                           lwm2m_data::encode_tlv(3, version) + number(9, 87);
        } else if (request.code == coap::kGet && path == "/3/0/3") {
            said.payload = lwm2m_data::encode_tlv(3, version);
        } else if (request.code == coap::kGet && path == "/5/0") {
            said.payload = number(3, state) + number(5, result) + number(9, delivery);
        } else if (request.code == coap::kGet && path == "/5/0/3") {
            said.payload = number(3, state);
        } else if (request.code == coap::kPut && path == "/5/0/1") {
            write_address(request, said);
        } else if (request.code == coap::kPut && path == "/5/0/0") {
            push(request, said);
        } else if (request.code == coap::kPost && path == "/5/0/2" && state == 2) {
            state = 3;
            said.code = coap::kChanged;
        } else {
            said.code = coap::kNotAllowed;
        }
        return said;
    }
    void write_address(const CoapMessage& request, CoapMessage& said) {
        const bool text = request.number(Option::content_format) == 0;
        if (text && !reads_text) {
            said.code = coap::kUnsupportedFormat;
            return;
        }
        said.code = coap::kChanged;
        address =
            text ? request.payload
                 : std::get<lwm2m_data::Raw>(
                       lwm2m_data::decode(lwm2m_data::kTlv, request.payload, {5, 0}).value().front().value)
                       .bytes;
        state = address.empty() ? 0 : 1;
        if (!stubborn) result = 0;
    }
    void push(const CoapMessage& request, CoapMessage& said) {
        if (request.payload == std::string(1, '\0')) {
            state = result = 0;
            pushed.clear();
            said.code = coap::kChanged;
            return;
        }
        const auto block = request.block(Option::block1).value();
        if (block.number == 0) pushed.clear();
        REQUIRE(block.offset() == pushed.size());
        pushed += request.payload;
        state = block.more ? 1 : 2;
        said.code = block.more ? coap::kContinue : coap::kChanged;
        // From the second block on it wishes for smaller ones.
        said.add(Option::block1,
                 coap::Block{block.number, block.more, std::min<std::uint32_t>(block.size, 256)});
    }
};

struct Talk final : rollouts::test::World, ports::CoapLinks {
    OneBlob blobs;
    Sealer sealer;
    fleet::Guests guests{core};
    fleet::SharedKeys keys{core, enrolment, sealer, dice};
    exchange::Updates updates{core, rollouts, blobs, executor, log};
    Lwm2mProtocol protocol;
    Device device;
    std::string location;
    std::uint64_t link = 1;
    std::vector<std::function<void()>> pending; // answers on their way

    explicit Talk(Settings settings = {})
        : protocol({core, guests, keys, asked, inventories, updates, dice, executor, log},
                   std::move(settings)) {
        protocol.speak_through(*this);
        ports::ReleaseRow row = *control.find<ports::ReleaseRow>(fleet::test::kTenant, release);
        row.artifact = base::sha256(kContent);
        put(row);
        ports::ArtifactRow artifact;
        artifact.digest = row.artifact;
        artifact.length = kContent.size();
        artifact.name = "update.bin";
        put(artifact);
        name("meter");
    }
    void name(const std::string& endpoint) {
        REQUIRE(result<fleet::SharedKeys::Made>([&](auto reply) {
                    keys.add(admin, {.endpoint = endpoint}, reply);
                }).ok());
    }
    void ask(std::uint64_t asked_link, std::string token, CoapMessage request,
             std::function<void(Answer)> done) override {
        if (asked_link != link) return done({{}, Failure::gone});
        if (request.option(Option::observe)) device.token = token;
        if (device.deaf) return pending.push_back([done] { done({{}, Failure::silent}); });
        pending.push_back([this, request = std::move(request), done] { done({device.answer(request), {}}); });
    }
    void play() {
        for (int i = 0; i < 10'000; ++i) {
            settle();
            if (pending.empty()) return;
            auto work = std::move(pending);
            pending.clear();
            for (auto& each : work)
                each();
        }
        FAIL("it never came to rest");
    }
    CoapPeer peer(const std::string& endpoint = "meter") const {
        const auto entry = keys.of_endpoint(fleet::test::kTenant, endpoint);
        return {link, endpoint, entry ? entry->mark : "", "192.0.2.7", "coaps://192.0.2.1:5684"};
    }
    CoapMessage send(const CoapMessage& request, std::optional<CoapPeer> from = {}) {
        std::optional<CoapMessage> said;
        protocol.on_request(from.value_or(peer()), request,
                            [&](CoapMessage answer) { said = std::move(answer); });
        settle();
        REQUIRE(said.has_value());
        return *said;
    }
    static CoapMessage request(std::uint8_t code, const std::string& path,
                               std::initializer_list<std::string> queries = {}) {
        CoapMessage message;
        message.code = code;
        message.add_path(path);
        for (const std::string& query : queries)
            message.add(Option::uri_query, query);
        return message;
    }
    CoapMessage registering(const std::string& endpoint = "meter", const std::string& binding = "b=U") {
        CoapMessage message = request(coap::kPost, "/rd", {"ep=" + endpoint, "lt=300", "lwm2m=1.0", binding});
        message.add(Option::content_format, std::uint32_t{40});
        message.payload = "</1/0>,</3/0>,</5/0>";
        return message;
    }
    void come(const std::string& binding = "b=U") {
        const CoapMessage said = send(registering("meter", binding));
        REQUIRE(said.code == coap::kCreated);
        REQUIRE(said.all(Option::location_path).size() == 2);
        location = "/rd/" + std::string(said.all(Option::location_path).back());
        play();
    }
    std::uint8_t update() {
        const std::uint8_t code = send(request(coap::kPost, location)).code;
        play();
        return code;
    }
    void pass(base::Duration time) {
        for (base::Duration gone{}; gone < time; gone += std::chrono::seconds(1)) {
            clock.steady_ += std::chrono::seconds(1);
            protocol.on_tick();
            play();
        }
    }
    device::DeviceId id() { return live.by_serial(fleet::test::kTenant, "meter").value(); }
    ports::DeploymentRow deployment() {
        return live.deployment({fleet::test::kTenant, id()}, row(id()).deployment).value();
    }
    std::string fact(std::string_view key) {
        const auto found = live.fact({fleet::test::kTenant, id()}, key);
        return found ? found->value : "";
    }
    // Offered 2.0, and given its address.
    void offer() {
        start(plan({{100, rollouts::test::kEasy}}));
        pass(std::chrono::seconds(70));
    }
    // It fetches all of it and says so.
    void fetch() {
        const std::size_t host = std::string("coaps://192.0.2.1:5684").size();
        REQUIRE(device.address.size() > host);
        std::string got;
        for (std::uint32_t number = 0;; ++number) {
            CoapMessage get = request(coap::kGet, device.address.substr(host));
            get.add(Option::block2, coap::Block{number, false, 512});
            const CoapMessage said = send(get);
            REQUIRE(said.code == coap::kContent);
            got += said.payload;
            if (!said.block(Option::block2)->more) break;
        }
        CHECK(got == kContent);
        device.state = 2;
        notify();
    }
    bool notify() {
        CoapMessage said;
        said.code = coap::kContent;
        const bool taken = protocol.on_notification(peer(), device.token, said);
        play();
        return taken;
    }
    void restart(const std::string& runs, int with_result) {
        device.version = runs;
        device.state = 0;
        device.result = with_result;
        ++link;
        come();
    }
    std::size_t stored() const { return journal.stored.size(); }
};

} // namespace

TEST_CASE("a device that was named registers, and says what it is") {
    Talk talk;
    talk.come();
    CHECK(talk.fact("protocol") == "lwm2m");
    CHECK(talk.fact("model") == "GW-1");
    CHECK(talk.fact("manufacturer") == "Acme");
    CHECK(talk.fact("x.lwm2m.battery_percent") == "80");
    CHECK(talk.fact("x.lwm2m.queue_mode") == "no");
    CHECK(talk.fact(device::key::cadence) == "300");
    CHECK(talk.row(talk.id()).running_version == "1.0");
    CHECK(talk.protocol.registrations() == 1);
}

TEST_CASE("how a device speaks is known also when it answers nothing") {
    Talk talk;
    talk.device.deaf = true;
    talk.come("b=UQ");
    CHECK(talk.fact("x.lwm2m.queue_mode") == "yes");
    CHECK(talk.fact("x.lwm2m.security") == "key");
    CHECK(talk.fact("model").empty());
}

TEST_CASE("registration, facts, package, order, restart, proof: verified") {
    Talk talk;
    talk.come();
    talk.offer();
    CHECK(talk.deployment().state == S::downloading);
    CHECK(talk.device.state == 1);
    talk.fetch();
    CHECK(talk.deployment().state == S::installing);
    CHECK(talk.device.state == 3);
    talk.restart("2.0", 1);
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("what a restart forgets is not needed: the version is the proof") {
    Talk talk;
    talk.come();
    talk.offer();
    talk.fetch();
    talk.restart("2.0", 0);
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("a device that says updated and runs the old version is not verified") {
    Talk talk;
    talk.come();
    talk.offer();
    talk.fetch();
    talk.restart("1.0", 1);
    CHECK(talk.deployment().state == S::installed);
    talk.pass(std::chrono::minutes(3));
    CHECK(talk.deployment().state == S::installed);
    talk.device.version = "2.0";
    talk.pass(std::chrono::minutes(3));
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("a failure is told with its result, and the next attempt begins from a fresh machine") {
    Talk talk;
    talk.come();
    talk.offer();
    talk.device.state = 0;
    talk.device.result = 5;
    CHECK(talk.notify());
    CHECK(talk.deployment().attempt == 2);
    CHECK(talk.deployment().detail.find("integrity") != std::string::npos);
    const std::string first = talk.device.address;
    talk.device.asked.clear();
    talk.pass(std::chrono::minutes(3));
    CHECK(talk.deployment().state == S::downloading);
    CHECK(talk.device.state == 1);
    CHECK(talk.device.address != first);
    talk.fetch();
    talk.restart("2.0", 1);
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("one that comes back with the old version and no result did not start the new one") {
    Talk talk;
    talk.come();
    talk.offer();
    talk.fetch();
    talk.restart("1.0", 0);
    CHECK(talk.deployment().attempt == 2);
    CHECK(talk.deployment().reason == install::Reason::boot_failed);
}

TEST_CASE("one that registers again before its restart is not taken for one that came back") {
    Talk talk;
    talk.come();
    talk.offer();
    ++talk.link;
    talk.come();
    talk.fetch();
    CHECK(talk.device.state == 3);
    talk.device.state = 0; // it forgets first, and restarts then
    talk.pass(std::chrono::minutes(2));
    CHECK(talk.deployment().state == S::installing);
    talk.restart("2.0", 0);
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("a device that forgets what it fetched is given it again, and not for ever") {
    Talk talk;
    talk.come();
    talk.offer();
    for (int i = 0; i < 8 && talk.deployment().attempt == 1; ++i) {
        talk.device.state = 0;
        talk.notify();
    }
    CHECK(talk.deployment().attempt == 2);
    CHECK(talk.deployment().reason == install::Reason::download_failed);
}

TEST_CASE("a package is pushed to those who do not fetch, in blocks as small as they wish") {
    Talk talk;
    talk.device.delivery = 1;
    talk.come();
    talk.offer();
    CHECK(talk.device.pushed == kContent);
    CHECK(talk.device.state == 3);
    talk.restart("2.0", 1);
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("the address goes as TLV to those who read no plain text") {
    Talk talk;
    talk.device.reads_text = false;
    talk.come();
    talk.offer();
    talk.fetch();
    talk.restart("2.0", 1);
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("nothing is asked of a device in queue mode that sleeps, until it comes by") {
    Talk talk;
    talk.come("b=UQ");
    CHECK(talk.fact("x.lwm2m.queue_mode") == "yes");
    talk.pass(std::chrono::minutes(2));
    talk.start(talk.plan({{100, rollouts::test::kEasy}}));
    talk.device.asked.clear();
    talk.pass(std::chrono::minutes(2));
    CHECK(talk.device.asked.empty());
    CHECK(talk.update() == coap::kChanged);
    CHECK(talk.deployment().state == S::downloading);
    CHECK(talk.device.state == 1);
}

TEST_CASE("a device that does not answer is left alone until it comes by itself") {
    Talk talk;
    talk.come();
    talk.device.deaf = true;
    talk.offer();
    talk.device.asked.clear();
    talk.device.deaf = false;
    talk.pass(std::chrono::minutes(2));
    CHECK(talk.device.asked.empty());
    talk.update();
    CHECK(talk.deployment().state == S::downloading);
}

TEST_CASE("a registration ends with its lifetime, by itself, and at a new process") {
    Talk talk;
    talk.come();
    talk.pass(std::chrono::minutes(4));
    CHECK(talk.update() == coap::kChanged);
    talk.pass(std::chrono::minutes(7));
    CHECK(talk.protocol.registrations() == 0);
    CHECK(talk.update() == coap::kNotFound);
    talk.come();
    CHECK(talk.send(Talk::request(coap::kDelete, talk.location)).code == coap::kDeleted);
    CHECK(talk.protocol.registrations() == 0);
    CHECK(talk.send(Talk::request(coap::kDelete, talk.location)).code == coap::kNotFound);
}

TEST_CASE("an update that brings no news, blocks of a package and notifications write nothing") {
    Talk talk;
    talk.come();
    talk.offer();
    const std::size_t before = talk.stored();
    for (int i = 0; i < 20; ++i) {
        CHECK(talk.update() == coap::kChanged);
        CHECK(talk.notify());
    }
    CoapMessage get = Talk::request(coap::kGet, talk.device.address.substr(22));
    for (int i = 0; i < 20; ++i)
        CHECK(talk.send(get).code == coap::kContent);
    CHECK(talk.stored() == before);
}

TEST_CASE("a package goes to its device and attempt only, while it goes on") {
    Talk talk;
    talk.come();
    talk.offer();
    const std::string path = talk.device.address.substr(22);
    CoapMessage get = Talk::request(coap::kGet, path);
    const CoapMessage first = talk.send(get);
    CHECK(first.payload.size() == 1024);
    CHECK(first.number(Option::size2) == kContent.size());
    CHECK(first.block(Option::block2) == coap::Block{0, true, 1024});
    get.add(Option::etag, std::string(first.option(Option::etag).value()));
    CHECK(talk.send(get).code == coap::kValid);
    talk.name("other");
    CHECK(talk.send(Talk::request(coap::kGet, path), talk.peer("other")).code == coap::kForbidden);
    CHECK(talk.send(Talk::request(coap::kGet, path + "x")).code == coap::kNotFound);
    CHECK(talk.send(Talk::request(coap::kPut, path)).code == coap::kNotAllowed);
    CoapMessage beyond = Talk::request(coap::kGet, path);
    beyond.add(Option::block2, coap::Block{5, false, 1024});
    CHECK(talk.send(beyond).code == coap::kBadRequest);
    talk.fetch();
    talk.restart("2.0", 1);
    CHECK(talk.send(Talk::request(coap::kGet, path)).code == coap::kNotFound);
}

TEST_CASE("a device is who its key says, and nobody else") {
    Talk talk;
    talk.name("other");
    CHECK(talk.send(talk.registering("other")).code == coap::kForbidden);
    CHECK(talk.send(talk.registering("nobody")).code == coap::kForbidden);
    CHECK(talk.send(talk.registering("stranger"), talk.peer("stranger")).code == coap::kForbidden);
    CoapPeer nobody = talk.peer();
    nobody.identity = nobody.mark = "";
    CHECK(talk.send(talk.registering("meter"), nobody).code == coap::kForbidden);
    CoapPeer stale = talk.peer();
    stale.mark = "another key";
    CHECK(talk.send(talk.registering(), stale).code == coap::kForbidden);
    talk.come();
    CHECK(talk.send(Talk::request(coap::kPost, talk.location), talk.peer("other")).code == coap::kNotFound);
    CHECK(talk.send(Talk::request(coap::kDelete, talk.location), nobody).code == coap::kNotFound);
    // Its key is removed: what it says from then on is refused, and its record waits for a new one.
    CHECK(talk.status([&](auto reply) { talk.keys.remove(talk.admin, "meter", reply); }).ok());
    CHECK(talk.send(Talk::request(coap::kPost, talk.location)).code == coap::kForbidden);
    const auto id = talk.id();
    talk.name("meter");
    ++talk.link;
    talk.come();
    CHECK(talk.id() == id);
}

TEST_CASE("without security only those who were named so are believed") {
    Talk talk;
    REQUIRE(talk.result<fleet::SharedKeys::Made>([&](auto reply) {
                    talk.keys.add(talk.admin,
                                  {.endpoint = "bare",
                                   .identity = {},
                                   .key = {},
                                   .group = {},
                                   .proof = fleet::SharedKeys::Proof::none},
                                  reply);
                })
                .ok());
    CoapPeer nobody = talk.peer();
    nobody.identity = nobody.mark = "";
    nobody.local = "coap://192.0.2.1:5683";
    CHECK(talk.send(talk.registering("bare"), nobody).code == coap::kCreated);
    CHECK(talk.send(talk.registering("meter"), nobody).code == coap::kForbidden);
}

TEST_CASE("what is sent to the wrong place or in a wrong form is refused, shortly") {
    Talk talk;
    talk.come();
    const std::pair<CoapMessage, std::uint8_t> rows[] = {
        {Talk::request(coap::kGet, "/rd"), coap::kNotAllowed},
        {Talk::request(coap::kPost, "/bs", {"ep=meter"}), coap::kNotFound},
        {Talk::request(coap::kPost, "/rd/zzzz"), coap::kNotFound},
        {Talk::request(coap::kPost, "/rd/a/b"), coap::kNotFound},
        {Talk::request(coap::kGet, talk.location), coap::kNotAllowed},
        {Talk::request(coap::kPost, "/rd", {"ep=meter"}), coap::kBadRequest},
        {Talk::request(coap::kPost, "/dp"), coap::kUnsupportedFormat},
        {Talk::request(coap::kGet, "/fw/x"), coap::kNotFound},
    };
    for (const auto& [request, code] : rows) {
        CAPTURE(request.path());
        const CoapMessage said = talk.send(request);
        CHECK(said.code == code);
        CHECK(said.payload.size() <= 200);
    }
    CoapMessage two = talk.registering();
    for (auto& [name, value] : two.options)
        if (value == "lwm2m=1.0") value = "lwm2m=2.0";
    CHECK(coap::text(talk.send(two).code) == "4.12");
    CHECK(talk.update() == coap::kChanged);
}

TEST_CASE("a Send is news of the device") {
    Talk talk;
    talk.come();
    talk.device.version = "1.5";
    CoapMessage send = Talk::request(coap::kPost, "/dp");
    send.add(Option::content_format, std::uint32_t{110});
    send.payload = R"([{"n":"/3/0/3","vs":"1.5"}])";
    CHECK(talk.send(send).code == coap::kChanged);
    talk.play();
    CHECK(talk.row(talk.id()).running_version == "1.5");
}

TEST_CASE("what was observed before a device registered again is still understood") {
    Talk talk;
    talk.come();
    talk.offer();
    const std::string token = talk.device.token;
    ++talk.link;
    talk.come();
    talk.device.token = token;
    CHECK(talk.notify());
    talk.device.token = "12345678";
    CHECK_FALSE(talk.notify());
}

TEST_CASE("what is taken back is stopped on the device") {
    Talk talk;
    talk.come();
    talk.offer();
    const auto rollout = talk.deployment().rollout;
    CHECK(talk.act(rollout, rollout::Event::halt).ok());
    talk.settle();
    CHECK(talk.deployment().state == S::cancelling);
    talk.pass(std::chrono::minutes(2));
    CHECK(talk.device.state == 0);
    CHECK(talk.deployment().state == S::withdrawn);
}

TEST_CASE("one device's haste is that device's matter") {
    Settings settings;
    settings.device = {.per_second = 1, .burst = 3};
    Talk talk(settings);
    talk.come();
    int refused = 0;
    for (int i = 0; i < 10; ++i)
        refused +=
            talk.send(Talk::request(coap::kPost, talk.location)).code == coap::kTooManyRequests ? 1 : 0;
    CHECK(refused >= 6);
    talk.name("other");
    CHECK(talk.send(talk.registering("other"), talk.peer("other")).code == coap::kCreated);
}

TEST_CASE("fifty thousand registrations take a kilobyte each at most, beside the fleet") {
    Talk talk;
    constexpr std::size_t kMany = 50'000;
    const auto endpoint = [](std::size_t i) { return "urn:imei:35293000" + std::to_string(1'000'000 + i); };
    for (std::size_t i = 0; i < kMany; ++i) {
        talk.keys.add(talk.admin, {.endpoint = endpoint(i)}, [](const auto&) {});
        if (i % 500 == 499) talk.settle();
    }
    for (std::size_t i = 0; i < kMany; ++i) {
        fleet::GuestRequest request;
        request.serial = endpoint(i);
        request.mark = talk.keys.of_endpoint(fleet::test::kTenant, request.serial)->mark;
        request.protocol = "lwm2m";
        request.let_in = fleet::GroupId();
        talk.guests.admit(fleet::test::kTenant, request, [](const auto&) {});
        if (i % 500 == 499) talk.settle();
    }
    const auto used = [] {
        const auto now = mallinfo2();
        return now.uordblks + now.hblkhd;
    };
    const std::size_t before = used();
    for (std::size_t i = 0; i < kMany; ++i) {
        CoapPeer peer = talk.peer(endpoint(i));
        peer.link = 1000 + i;
        std::uint8_t code = 0;
        talk.protocol.on_request(peer, talk.registering(endpoint(i)),
                                 [&](const CoapMessage& said) { code = said.code; });
        REQUIRE(code == coap::kCreated);
        talk.executor.run();
    }
    CHECK(talk.protocol.registrations() == kMany);
    const std::size_t each = (used() - before) / kMany;
    MESSAGE("an LwM2M registration: " << each << " bytes (" << kMany << " of them)");
    CHECK(each <= 1024);
    // A sanitizer has an allocator of its own, of which this figure knows nothing.
    if (before > 0) CHECK(each > 100);
}
