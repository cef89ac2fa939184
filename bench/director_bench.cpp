// SPDX-License-Identifier: Apache-2.0
// LINK: engine_releases codecs_metadata codecs_wire platform_pki
//
// The director's row of the table of numbers: what one request of a device costs, from its signed manifest to
// the signed direction, on one core and without HTTP and TLS. The key is a file, as in keys/online.
// director_bench [DEVICES]
#include "../src/engine/fleet/tests/house.hpp"

#include <base/signature.hpp>
#include <metadata/write.hpp>
#include <pki/authority.hpp>
#include <pki/certificate.hpp>
#include <pki/request.hpp>
#include <pki/signer.hpp>
#include <releases/director.hpp>
#include <wire/native.hpp>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace oakum;
namespace fs = std::filesystem;

namespace {

const std::string path = "gateway/1.5.0/gateway.img";

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

template <class T> T need(base::Result<T> result) {
    if (result.ok()) return std::move(*result);
    std::fprintf(stderr, "%s\n", result.error().text().c_str());
    std::exit(1);
}
void need(const base::Status& status) {
    if (status.ok()) return;
    std::fprintf(stderr, "%s\n", status.error().text().c_str());
    std::exit(1);
}

// One Ed25519 key for each role in a folder, with as many other files beside it as a server has.
struct Keys {
    fs::path folder = fs::temp_directory_path() / ("director_bench." + std::to_string(::getpid()));
    std::map<std::string, pki::FolderSigner::Role> roles;
    Keys() {
        fs::create_directories(folder);
        for (const std::string role : {"root", "targets", "snapshot", "timestamp", "director", "evidence"}) {
            const auto key = need(pki::PrivateKey::generate(pki::KeyKind::ed25519));
            std::ofstream(folder / (role + ".pem")) << need(key.secret_pem());
            const auto raw = need(key.public_raw());
            const auto id = need(metadata::key_id(need(metadata::ed25519_key(raw))));
            roles[role] = {folder, {{id.get(), raw}}};
        }
    }
    ~Keys() { fs::remove_all(folder); }
};

// Every device is asked to install the same release.
struct Offers final : fleet::OfferSource {
    std::string deployment;
    bool would_offer(const fleet::Glance&, fleet::Keeps) const override { return false; }
    void offer(const fleet::DeviceActor&, fleet::Keeps,
               shard::Completion<std::optional<fleet::OfferView>> done) override {
        done(std::optional<fleet::OfferView>());
    }
    std::optional<fleet::OfferView> present(const fleet::DeviceActor&) const override {
        fleet::OfferView view;
        view.deployment = deployment;
        view.target_path = path;
        return view;
    }
    bool listens(const fleet::DeviceActor&) const override { return false; }
    void seen(const fleet::DeviceActor&, std::string, bool, std::function<void(base::Status)> done) override {
        done({});
    }
};

} // namespace

int main(int count, char** words) {
    const std::size_t devices = count > 1 ? std::strtoull(words[1], nullptr, 10) : 5000;
    Keys keys;
    pki::FolderSigner signer(keys.roles);
    fleet::test::House house;
    Offers offers;
    releases::Repository repository(house.core, signer, house.log);
    releases::Director director(house.core, offers, repository, signer);
    need(house.status([&](auto reply) { repository.start(device::kDefaultTenant, false, reply); }));
    trust::Changes changes{"targets", {}, {}};
    for (int i = 0; i < 1000; ++i) {
        trust::TargetFile file;
        file.length = 9;
        file.hashes.sha256 = base::sha256(std::to_string(i));
        file.terms = artifact::Terms{"gateway", "1.5.0", 15, 10, {"acme-gw2"}, {}, "", "raw"};
        changes.add.emplace(i == 0 ? path : "gateway/0." + std::to_string(i) + "/gateway.img", file);
    }
    house.clock.steady_ += std::chrono::minutes(1);
    need(house.status([&](auto reply) {
        house.writer.submit(
            shard::control_of(device::kDefaultTenant), shard::Priority::person,
            [&](shard::Transaction& transaction) { return repository.publish(transaction, changes); }, reply);
    }));
    house.token("secret", static_cast<std::uint32_t>(devices));
    std::vector<fleet::DeviceActor> fleet;
    offers.deployment = house.ids.next_as<ports::DeploymentId>().text();
    const auto deployment = need(ports::DeploymentId::parse(offers.deployment));
    for (std::size_t i = 0; i < devices; ++i) {
        fleet.push_back(house.actor(need(house.enrol("secret", "GW-" + std::to_string(i)))));
        need(house.status([&](auto reply) {
            house.writer.submit(
                shard::place_of(fleet.back().tenant, fleet.back().device), shard::Priority::person,
                [&](shard::Transaction& transaction) -> base::Status {
                    auto row = transaction.device(fleet.back().device);
                    row->deployment = deployment;
                    transaction.put(*row);
                    ports::DeploymentRow under_way;
                    under_way.id = deployment;
                    under_way.device = row->id;
                    transaction.put(under_way);
                    return {};
                },
                reply);
        }));
    }

    // What the door does with a manifest before the director is asked: read the certificate, verify, decode.
    const auto authority = need(pki::Authority::make("bench", pki::Serial{0x40}, house.clock.now()));
    const auto key = need(pki::PrivateKey::generate(pki::KeyKind::p256));
    wire::SignedManifest said;
    said.manifest = wire::encode(wire::Manifest{
        "me", offers.deployment, 1, 7, 1'800'000'000, "1.4.2", base::sha256("image").hex(), 9, 14, {}, ""});
    said.certificate_pem = need(
        authority.issue_device(need(pki::make_request(key, "GW")), "urn:oakum:default:me", pki::Serial{0x41},
                               {house.clock.now(), house.clock.now() + std::chrono::hours(24)}));
    said.signature = need(key.sign(base::as_bytes(wire::signing_input(said.manifest))));
    const std::string body = wire::encode(said);
    const double read_began = cpu_seconds();
    for (std::size_t i = 0; i < devices; ++i) {
        const auto message = need(wire::decode_signed_manifest(body));
        const auto info = need(pki::read_certificate(message.certificate_pem));
        const auto verifier =
            need(base::PublicKey::pem(base::SignatureScheme::ecdsa_sha2_nistp256, info.public_pem));
        const std::string input = wire::signing_input(message.manifest);
        if (!verifier.verify(base::as_bytes(input), message.signature)) std::exit(1);
        need(wire::decode_manifest(message.manifest));
    }
    const double read = (cpu_seconds() - read_began) / static_cast<double>(devices);

    std::size_t bytes = 0;
    const auto round = [&] {
        const double began = cpu_seconds();
        for (const fleet::DeviceActor& device : fleet)
            bytes = need(director.direction(device)).size();
        return (cpu_seconds() - began) / static_cast<double>(devices);
    };
    const double signed_ = round();
    const double kept = round();
    if (director.made() != devices) std::exit(1);
    std::printf("director: manifest read and verified       %8.1f us\n", read * 1e6);
    std::printf("director: direction made and signed        %8.1f us   (%zu bytes)\n", signed_ * 1e6, bytes);
    std::printf("director: the same direction again         %8.1f us\n", kept * 1e6);
    std::printf("director: devices a second on one core     %8.0f      (target 1,000)\n",
                1 / (read + signed_));
    return 0;
}
