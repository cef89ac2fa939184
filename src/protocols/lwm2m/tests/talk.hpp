// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../../engine/rollouts/tests/world.hpp"

#include <lwm2m/protocol.hpp>
#include <lwm2m_data/records.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <unistd.h>

// The protocol over the real fleet and the real rollouts, with a device of object 5 in virtual time.
namespace oakum::lwm2m::test {

using ports::CoapMessage;
using ports::CoapPeer;
using ports::coap::Option;
using S = install::State;
namespace coap = ports::coap;

inline const std::string kContent(5000, 'p');

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

} // namespace oakum::lwm2m::test
