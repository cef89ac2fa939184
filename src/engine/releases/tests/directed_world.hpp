// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../../domain/trust/tests/keys.hpp"
#include "../../fleet/tests/house.hpp"

#include <metadata/reader.hpp>
#include <releases/director.hpp>

#include <doctest/doctest.h>

// A house with a repository and its director, and a device of which something is asked.
namespace oakum::releases::test {

using trust::testing::TestKey;

inline const std::string path = "gateway/1.5.0/gateway.img";

// A key for each role; without one for the director where a test says so.
struct Signer final : ports::Signer {
    bool has_director = true, key_is_here = true;
    int signed_ = 0;
    static TestKey key(const std::string& role) { return TestKey::ed25519(static_cast<int>(role.size())); }
    base::Result<std::vector<PublicKeyInfo>> keys(const std::string& role) override {
        if (role == "director" && !has_director) return base::not_found("no such key");
        const auto raw = base::from_hex(key(role).public_key().public_text).value();
        return std::vector{PublicKeyInfo{metadata::key_id(key(role).public_key()).value().get(), raw}};
    }
    bool available(const std::string&) override { return true; }
    base::Result<base::Bytes> sign(const std::string& role, const std::string&,
                                   base::ByteView message) override {
        if (role == "director" && !key_is_here) return base::unavailable("the key is not here");
        ++signed_;
        return key(role).sign(message);
    }
};

struct Offers final : fleet::OfferSource {
    std::optional<fleet::OfferView> now;
    bool would_offer(const fleet::Glance&, fleet::Keeps) const override { return false; }
    void offer(const fleet::DeviceActor&, fleet::Keeps,
               shard::Completion<std::optional<fleet::OfferView>> done) override {
        done(now);
    }
    std::optional<fleet::OfferView> present(const fleet::DeviceActor&) const override { return now; }
    bool listens(const fleet::DeviceActor&) const override { return false; }
    void seen(const fleet::DeviceActor&, std::string, bool, std::function<void(base::Status)> done) override {
        done({});
    }
};

struct World : fleet::test::House {
    Signer signer;
    Offers offers_now;
    Repository repository{core, signer, log};
    Director director{core, offers_now, repository, signer};
    fleet::DeviceActor device;
    ports::DeploymentId deployment = ids.next_as<ports::DeploymentId>();
    ports::RolloutId rollout = ids.next_as<ports::RolloutId>();

    explicit World(bool directed = true) {
        signer.has_director = directed;
        token("secret", 10);
        CHECK(status([&](auto reply) { repository.start(device::kDefaultTenant, false, reply); }).ok());
        director.reserve();
        settle();
        publish(path);
        device = actor(*enrol("secret", "GW-1"));
    }
    void publish(const std::string& target) {
        trust::TargetFile file;
        file.length = 9;
        file.hashes.sha256 = base::sha256(target);
        file.terms = artifact::Terms{"gateway", "1.5.0", 15, 10, {"acme-gw2"}, {}, "", "raw"};
        clock.steady_ += std::chrono::minutes(1);
        CHECK(status([&](auto reply) {
                  writer.submit(
                      shard::control_of(device::kDefaultTenant), shard::Priority::person,
                      [&, file](shard::Transaction& transaction) {
                          return repository.publish(transaction, {"targets", {{target, file}}, {}});
                      },
                      reply);
              }).ok());
    }
    // As rollouts do it: the device's row and its deployment.
    void ask_for(const std::string& target, install::State state = install::State::offered) {
        CHECK(status([&](auto reply) {
                  writer.submit(
                      shard::place_of(device.tenant, device.device), shard::Priority::person,
                      [&, state](shard::Transaction& transaction) -> base::Status {
                          auto row = transaction.device(device.device);
                          REQUIRE(row);
                          ++row->desired_number;
                          row->deployment = deployment;
                          transaction.put(*row);
                          ports::DeploymentRow under_way;
                          if (const auto there = transaction.deployment(device.device, deployment))
                              under_way = *there;
                          under_way.id = deployment;
                          under_way.device = device.device;
                          under_way.rollout = rollout;
                          under_way.wave = 3;
                          under_way.state = state;
                          transaction.put(under_way);
                          return {};
                      },
                      reply);
              }).ok());
        fleet::OfferView view;
        view.deployment = deployment.text();
        view.target_path = target;
        offers_now.now = view;
    }
    trust::Targets said() {
        director.reserve(); // as each minute
        settle();
        const auto text = director.direction(device);
        REQUIRE_MESSAGE(text.ok(), (text.ok() ? "" : text.error().text()));
        const auto read = metadata::JsonReader().targets(base::as_bytes(*text));
        REQUIRE(read.ok());
        const auto state = repository.state(device.tenant);
        REQUIRE(state.ok());
        CHECK_FALSE(trust::check_direction(state->root, *read, nullptr, device.device.text(), clock.now()));
        return read->document;
    }
    Told told(std::uint64_t sequence) const {
        Told word;
        word.deployment = deployment;
        word.sequence = sequence;
        word.running_version = "1.5.0";
        word.evidence = "{}";
        return word;
    }
    std::vector<std::string> kinds(Told word) {
        const std::size_t before = events().size();
        CHECK(status([&](auto reply) { director.take(device, std::move(word), reply); }).ok());
        std::vector<std::string> kinds;
        const auto all = events();
        for (std::size_t i = before; i < all.size(); ++i)
            kinds.push_back(all[i].kind);
        return kinds;
    }
    std::vector<ports::DeviceEventRow> events() {
        return history.device_events(device.tenant, device.device, std::nullopt, 100).value();
    }
};

} // namespace oakum::releases::test
