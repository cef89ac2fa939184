// SPDX-License-Identifier: Apache-2.0
#include "directed_world.hpp"

using namespace oakum;
using namespace oakum::releases;
using namespace oakum::releases::test;

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
