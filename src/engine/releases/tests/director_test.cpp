// SPDX-License-Identifier: Apache-2.0
#include "../../../domain/trust/tests/keys.hpp"
#include "../../fleet/tests/house.hpp"

#include <metadata/reader.hpp>
#include <releases/director.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::releases;
using trust::testing::TestKey;

namespace {

const std::string path = "gateway/1.5.0/gateway.img";

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

} // namespace

TEST_CASE("the director permits what the rollouts decided, as the list of releases has it") {
    World world;
    CHECK(world.said().files.empty());
    world.ask_for(path);
    const trust::Targets said = world.said();
    REQUIRE(said.files.size() == 1);
    const trust::TargetFile& file = said.files.at(path);
    CHECK(file.hashes.sha256 == base::sha256(path));
    REQUIRE(file.direction);
    CHECK(file.direction->device == world.device.device.text());
    CHECK(file.direction->rollout == world.rollout.text());
    CHECK(file.direction->wave == 3);
    const auto listed = world.repository.state(world.device.tenant)->targets.at("targets").files.at(path);
    CHECK(std::holds_alternative<base::TimePoint>(
        trust::permitted_until(said, world.device.device.text(), path, listed, world.clock.now())));
}

TEST_CASE("a direction is signed once, and again when the decision or the list changed or it grows old") {
    World world;
    world.ask_for(path);
    const auto made_for = [&](const auto& change) {
        const std::uint64_t before = world.director.made();
        change();
        world.said();
        world.said();
        return world.director.made() - before;
    };
    CHECK(made_for([] {}) == 1);
    CHECK(made_for([] {}) == 0);
    CHECK(made_for([&] { world.clock.wall_offset += std::chrono::hours(1); }) == 0);
    CHECK(made_for([&] { world.clock.wall_offset += trust::kPermissionLife / 2; }) == 1);
    CHECK(made_for([&] { world.offers_now.now->attempt = 2; }) == 1);
    CHECK(made_for([&] { world.publish("gateway/1.6.0/gateway.img"); }) == 1);
    CHECK(made_for([&] { world.offers_now.now->withdrawn = true; }) == 1);
    CHECK(world.said().files.empty());
}

TEST_CASE("what is not in the list of releases is permitted to nobody") {
    World world;
    world.ask_for("gateway/6.6.6/gateway.img");
    CHECK(world.said().files.empty());
}

TEST_CASE("without a director in the root, without its key, or with a doubtful clock nothing is said") {
    World doubtful;
    shard::ClockWatch watch(doubtful.clock);
    doubtful.repository.heed(watch);
    doubtful.said();
    doubtful.ask_for(path);
    doubtful.clock.wall_offset -= std::chrono::hours(2);
    CHECK(watch.look());
    const auto held = doubtful.director.direction(doubtful.device);
    REQUIRE_FALSE(held.ok());
    CHECK(held.error().message.find("clock jumped") != std::string::npos);
    World plain(false);
    CHECK(plain.director.direction(plain.device).error().kind == base::ErrorKind::not_found);
    World world;
    fleet::DeviceActor nobody = world.device;
    nobody.device = device::DeviceId::parse("01jc0000000000000000000009").value();
    CHECK(world.director.direction(nobody).error().kind == base::ErrorKind::not_found);
    world.signer.key_is_here = false;
    CHECK(world.director.direction(world.device).error().kind == base::ErrorKind::unavailable);
}

TEST_CASE("an attack is written down, and how a deployment ended; the rest of what a device says is not") {
    World world;
    world.ask_for(path);
    CHECK(world.kinds(world.told(5)).empty()); // it asks before it begins
    Told attacked = world.told(6);
    attacked.attack = trust::Attack::mix_and_match;
    CHECK(world.kinds(attacked) == std::vector<std::string>{"attack"});
    CHECK(world.kinds(attacked).empty()); // the same word again
    world.ask_for(path, install::State::verified);
    CHECK(world.kinds(world.told(7)) == std::vector<std::string>{"manifest"});
    CHECK(world.events().back().after == "{}");
    Told stranger = world.told(8);
    stranger.deployment = world.ids.next_as<ports::DeploymentId>();
    CHECK(world.kinds(stranger).empty());
}

TEST_CASE("versions do not fall when the clock was ahead and was set right before the next start") {
    World world;
    world.clock.wall_offset += std::chrono::hours(5);
    const std::uint64_t ahead = world.said().header.version;
    world.clock.wall_offset -= std::chrono::hours(5);
    Director next(world.core, world.offers_now, world.repository, world.signer);
    const auto asked = [&] {
        return metadata::JsonReader()
            .targets(base::as_bytes(next.direction(world.device).value()))
            .value()
            .document.header.version;
    };
    // Nothing is said before it is known what was said.
    CHECK(next.direction(world.device).error().kind == base::ErrorKind::unavailable);
    next.reserve();
    world.settle();
    const std::uint64_t first = asked();
    CHECK(first >= ahead);
    world.clock.steady_ += std::chrono::seconds(90);
    world.ask_for(path); // another decision
    CHECK(asked() >= first + 90);
    // Long after, what was reserved is used up unless it is reserved again.
    world.clock.steady_ += std::chrono::hours(3);
    world.ask_for(path);
    CHECK(next.direction(world.device).error().kind == base::ErrorKind::unavailable);
    next.reserve();
    world.settle();
    CHECK(asked() >= first + 3 * 3600);
}

TEST_CASE("a reservation that is not stored permits no version") {
    World world;
    world.said();
    world.ask_for(path);
    world.clock.steady_ += std::chrono::hours(1);
    world.director.reserve();
    CHECK(world.director.direction(world.device).error().kind == base::ErrorKind::unavailable);
    world.settle();
    CHECK(world.director.direction(world.device).ok());
}

TEST_CASE("a new timestamp alone makes no direction anew") {
    World world;
    world.ask_for(path);
    world.said();
    const std::uint64_t before = world.director.made();
    const std::string stamp = world.repository.stamp(world.device.tenant);
    world.clock.wall_offset += std::chrono::hours(13);
    world.repository.refresh_when_due();
    world.settle();
    world.clock.wall_offset -= std::chrono::hours(13);
    REQUIRE(world.repository.stamp(world.device.tenant) != stamp);
    world.said();
    CHECK(world.director.made() == before);
}

TEST_CASE("one device does not fill the disk, whatever it says was tried") {
    World world;
    world.ask_for(path, install::State::verified);
    std::uint64_t sequence = 10;
    const auto told = [&](const ports::DeploymentId& deployment, std::optional<trust::Attack> attack) {
        Told word = world.told(++sequence);
        word.deployment = deployment;
        word.attack = attack;
        return world.kinds(word).size();
    };
    // Of its own deployment each once, with ever higher numbers.
    CHECK(told(world.deployment, std::nullopt) == 1);
    CHECK(told(world.deployment, std::nullopt) == 0);
    CHECK(told(world.deployment, trust::Attack::freeze) == 1);
    CHECK(told(world.deployment, trust::Attack::freeze) == 0);
    CHECK(told(world.deployment, trust::Attack::replay) == 1);
    // Of what somebody else's server invented: an attack counts, up to a number a day.
    std::size_t written = 3;
    for (int i = 0; i < 100; ++i)
        written += told(world.ids.next_as<ports::DeploymentId>(), trust::Attack::unapproved);
    CHECK(written == Director::kNotedADay);
    world.clock.steady_ += std::chrono::hours(24);
    CHECK(told(world.ids.next_as<ports::DeploymentId>(), trust::Attack::unapproved) == 1);
}
