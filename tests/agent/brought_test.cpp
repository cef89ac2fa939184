// SPDX-License-Identifier: Apache-2.0
// Folders that people carry to a device: what the agent takes of them, and what not.
#include "device.hpp"

#include <brought.hpp>
#include <metadata/write.hpp>
#include <pki/authority.hpp>
#include <pki/request.hpp>
#include <trust/order.hpp>

#include <fstream>
#include <sys/stat.h>

using namespace oakum;
using namespace oakum::agent;
using namespace oakum::agent::test;
namespace fs = std::filesystem;
using updates::NotTrusted;

namespace {

const std::string kId = "01jd2m6c7g3v8x0w5n4t9r1k2p", kOther = "01jd2m6c7g3v8x0w5n4t9r1k2q";

// A device with an identity, and a stick for it.
struct Visit {
    Folder device, stick;
    system::SystemClock clock;
    Quiet log;
    Backend repository{{}, clock};
    metadata::JsonReader reader;
    FileIdentity identity{device.path, "GW-1"};
    FolderKeep trusted{device.path / "trust"};
    std::string image = "an image of some length";
    wire::Offer offer;

    Visit() {
        for (const char* name : {"trust", "brought"})
            fs::create_directories(device.path / name);
        for (const char* name : {"metadata", "orders", "artifacts"})
            fs::create_directories(stick.path / name);
        const auto key = pki::PrivateKey::generate(pki::KeyKind::p256).value();
        const auto authority = pki::Authority::make("x", pki::Serial{1}, clock.now()).value();
        const std::string certificate =
            authority
                .issue_device(pki::make_request(key, "x").value(), "urn:oakum:default:" + kId, pki::Serial{2},
                              {clock.now() - 1h, clock.now() + 1h})
                .value();
        REQUIRE(identity.replace(key.secret_pem().value(), certificate).ok());
        REQUIRE(trusted.save("root.json", repository.publish(image)).ok());
        for (const auto& [name, bytes] : repository.files)
            put("metadata/" + name, base::as_text(bytes));
        put("artifacts/" + base::sha256(image).hex(), image);
        offer.deployment = "01jd2m6c7g3v8x0w5n4t9r1k2r";
        offer.release_name = "gateway";
        offer.release_version = "2.0";
        offer.target_path = "gateway/2.0/gateway.tar";
        order();
    }
    void put(const std::string& name, std::string_view text) const {
        std::ofstream(stick.path / name, std::ios::binary) << text;
    }
    // Signed by the key of timestamps, as `publish` makes it.
    void order(const std::string& whom = kId, base::Duration life = 72h, base::Duration age = 0s) {
        wire::PollReply reply;
        reply.offer = offer;
        const base::Bytes& timestamp = repository.files.at("timestamp.json");
        const auto version = reader.timestamp(timestamp).value().document.header.version;
        const std::string text = metadata::encode(trust::draft_order(
            whom, version, timestamp, base::sha256(image), wire::encode(reply), clock.now() - age, life));
        base::Bytes seed(32, static_cast<std::uint8_t>(trust::Role::timestamp));
        const auto key = pki::PrivateKey::ed25519_from_seed(seed).value();
        const auto id = metadata::key_id(metadata::ed25519_key(key.public_raw().value()).value()).value();
        const std::vector<trust::Signature> by{{id, key.sign(metadata::canonical(text).value()).value(), {}}};
        put("orders/" + kId + ".json", base::as_text(metadata::envelope(text, by)));
    }
    void name_it(const std::string& id = "1") const {
        REQUIRE(
            system::write_durably(device.path / "brought/asked.json", encode(Asked{id, stick.path})).ok());
    }
    std::unique_ptr<BroughtFolder> agent() {
        return std::make_unique<BroughtFolder>(device.path / "brought", identity, trusted, reader, log);
    }
    Answered answer() const {
        return decode_answered(system::read_bounded(device.path / "brought/answer.json", 1 << 16).value())
            .value();
    }
    bool is_named() const { return fs::exists(device.path / "brought/asked.json"); }
    // Why it is refused; empty: it is not.
    std::string refusal() {
        name_it();
        const auto folder = agent();
        if (!folder->brought()) {
            CHECK(answer().state == Answered::State::refused);
            CHECK_FALSE(is_named());
            return answer().detail;
        }
        const auto admitted = folder->admit(clock.now());
        const auto* no = std::get_if<NotTrusted>(&admitted);
        return no == nullptr ? "" : no->detail;
    }
};

} // namespace

TEST_CASE(
    "a folder that is as it was packed is admitted, its artifact read, its receipt signed and written") {
    Visit visit;
    CHECK(visit.refusal().empty());
    const auto folder = visit.agent();
    const auto offer = folder->brought();
    REQUIRE(offer);
    CHECK(offer->deployment == visit.offer.deployment);
    CHECK_FALSE(folder->brought()); // it is looked at once
    REQUIRE(std::holds_alternative<base::Bytes>(folder->admit(visit.clock.now())));
    folder->taken(*offer);
    CHECK(visit.answer().state == Answered::State::taken);
    CHECK_FALSE(visit.is_named());
    // After a restart it goes on from the same folder.
    const auto later = visit.agent();
    CHECK_FALSE(later->brought());
    std::string got;
    CHECK(later->repository()
              .artifact(base::sha256(visit.image), 3, visit.image.size(),
                        [&](base::ByteView piece) -> base::Status {
                            got += base::as_text(piece);
                            return {};
                        })
              .ok());
    CHECK(got == visit.image.substr(3));
    wire::Receipt receipt;
    receipt.device = kId;
    receipt.report.deployment = offer->deployment;
    receipt.report.state = install::State::verified;
    later->ended({receipt});
    const Answered ended = visit.answer();
    CHECK(ended.state == Answered::State::ended);
    CHECK(ended.id == "1");
    REQUIRE(ended.receipts.size() == 1);
    const auto said = wire::decode_signed_receipt(
        system::read_bounded(visit.stick.path / "receipts" / ended.receipts[0], 1 << 16).value());
    REQUIRE(said.ok());
    const auto info = pki::read_certificate(said->certificate_pem).value();
    const auto key =
        base::PublicKey::pem(base::SignatureScheme::ecdsa_sha2_nistp256, info.public_pem).value();
    CHECK(key.verify(base::as_bytes(wire::receipt_input(said->receipt)), said->signature));
    CHECK_FALSE(key.verify(base::as_bytes(wire::signing_input(said->receipt)), said->signature));
    CHECK_FALSE(fs::exists(visit.device.path / "brought/used.json"));
}

TEST_CASE("what is wrong with a folder is named, and nothing of it is taken") {
    struct Case {
        const char* name;
        std::function<void(Visit&)> harm;
        const char* words;
    };
    const auto order = [](const Visit& visit) { return visit.stick.path / "orders" / (kId + ".json"); };
    const auto artifact = [](const Visit& visit) {
        return visit.stick.path / "artifacts" / base::sha256(visit.image).hex();
    };
    const auto change = [](const fs::path& path, const std::string& from, const std::string& to) {
        std::string text = system::read_bounded(path, 1 << 20).value();
        REQUIRE(text.find(from) != std::string::npos);
        text.replace(text.find(from), from.size(), to);
        std::ofstream(path, std::ios::binary) << text;
    };
    const std::vector<Case> cases{
        {"no order", [&](Visit& v) { fs::remove(order(v)); }, "nothing for this device"},
        {"the order of another device", [&](Visit& v) { v.order(kOther); }, "for another device"},
        {"an order that ended", [&](Visit& v) { v.order(kId, 1h, 2h); }, "exported anew"},
        {"an order from days ahead of this clock", [&](Visit& v) { v.order(kId, 72h, -48h); },
         "set the clock"},
        {"an order that was prolonged",
         [&](Visit& v) { change(order(v), "\"expires\":\"20", "\"expires\":\"21"); }, "signature"},
        {"an order with another answer", [&](Visit& v) { change(order(v), "gateway.tar", "gateway.tbr"); },
         "signature"},
        {"an order that asks nothing",
         [&](Visit& v) {
             v.offer.withdrawn = true;
             v.order();
         },
         "asks nothing"},
        {"an order that is a link",
         [&](Visit& v) {
             fs::rename(order(v), v.stick.path / "o");
             fs::create_symlink("../o", order(v));
         },
         "not a plain file"},
        {"an order that is a pipe",
         [&](Visit& v) {
             fs::remove(order(v));
             REQUIRE(::mkfifo(order(v).c_str(), 0600) == 0);
         },
         "not a plain file"},
        {"an order that is huge", [&](Visit& v) { fs::resize_file(order(v), 1ULL << 40); },
         "more than 16384"},
        {"a timestamp of another time",
         [&](Visit& v) { change(v.stick.path / "metadata/timestamp.json", "\"version\":", "\"version\": "); },
         "timestamp"},
        {"no snapshot",
         [&](Visit& v) {
             for (const auto& each : fs::directory_iterator(v.stick.path / "metadata"))
                 if (each.path().string().find("snapshot") != std::string::npos) fs::remove(each.path());
         },
         "snapshot"},
        {"metadata that lies elsewhere",
         [&](Visit& v) {
             fs::rename(v.stick.path / "metadata", v.device.path / "elsewhere");
             fs::create_symlink(v.device.path / "elsewhere", v.stick.path / "metadata");
         },
         "not a plain file"},
        {"no artifact", [&](Visit& v) { fs::remove(artifact(v)); }, "lacks the artifact"},
        {"an artifact that is too short", [&](Visit& v) { fs::resize_file(artifact(v), 5); }, "were signed"},
        {"an artifact that is huge", [&](Visit& v) { fs::resize_file(artifact(v), 1ULL << 40); },
         "were signed"},
        {"an artifact that is a link",
         [&](Visit& v) {
             fs::remove(artifact(v));
             fs::create_symlink("/etc/passwd", artifact(v));
         },
         "not a plain file"},
    };
    for (const Case& each : cases) {
        CAPTURE(each.name);
        Visit visit;
        each.harm(visit);
        const std::string refused = visit.refusal();
        CHECK_MESSAGE(refused.find(each.words) != std::string::npos, refused);
    }
}

TEST_CASE("a folder is good for longer than its timestamp, and another folder does not take its place") {
    Visit visit;
    visit.order(kId, 30 * 24h, 0s);
    visit.name_it();
    const auto folder = visit.agent();
    REQUIRE(folder->brought());
    // A day and more after the timestamp ended; by then the certificate of this test has too, which is no
    // matter.
    CHECK(std::holds_alternative<base::Bytes>(folder->admit(visit.clock.now() + 80h)));
    CHECK(std::holds_alternative<NotTrusted>(folder->admit(visit.clock.now() + 31 * 24h)));
    folder->taken(visit.offer);
    visit.name_it("2");
    REQUIRE(folder->brought());
    folder->refused("an update is under way");
    CHECK(visit.answer().id == "2");
    // The first one is still where the update comes from.
    CHECK(folder->repository()
              .artifact(base::sha256(visit.image), 0, 1, [](base::ByteView) { return base::Status(); })
              .ok());
}

TEST_CASE("a receipt that cannot be written is told, and a folder that is gone is no harm") {
    Visit visit;
    visit.name_it();
    const auto folder = visit.agent();
    REQUIRE(folder->brought());
    folder->taken(visit.offer);
    fs::create_symlink("/tmp", visit.stick.path / "receipts");
    wire::Receipt receipt;
    receipt.device = kId;
    receipt.report.deployment = visit.offer.deployment;
    folder->ended({receipt});
    CHECK(visit.answer().receipts.empty());
    CHECK(visit.answer().detail.find("no receipt could be written") != std::string::npos);

    Visit gone;
    gone.name_it();
    const auto other = gone.agent();
    fs::remove_all(gone.stick.path);
    CHECK_FALSE(other->brought());
    CHECK(gone.answer().state == Answered::State::refused);
    CHECK_FALSE(other->direction().ok());
}

TEST_CASE("notes between the verb and the agent are read strictly") {
    CHECK(decode_asked(encode(Asked{"1", "/media/usb"}))->folder == "/media/usb");
    for (const char* bad : {"", "{}", R"({"id":"1","folder":"media"})", R"({"id":1,"folder":"/m"})"})
        CHECK_FALSE(decode_asked(bad).ok());
    Answered answered{Answered::State::ended, "1", "d", "why", 3, {"a.json"}};
    CHECK(encode(decode_answered(encode(answered)).value()) == encode(answered));
    CHECK_FALSE(
        decode_answered(R"({"id":"1","state":"x","deployment":"","attempt":1,"detail":"","receipts":[]})")
            .ok());
}
