// SPDX-License-Identifier: Apache-2.0
#include "directed_world.hpp"

#include <releases/carrying.hpp>
#include <trust/client.hpp>

using namespace oakum;
using namespace oakum::releases;
using namespace oakum::releases::test;

namespace {

struct Packing : World {
    Carrying carrying{core, repository, director, signer};
    using World::World;

    // A device that has never seen more than the first root finds the target in these files alone.
    bool device_believes(const Carrying::Metadata& metadata, const Carrying::Packed& packed,
                         base::TimePoint at) {
        const metadata::JsonReader reader;
        trust::Client::Stored stored;
        std::map<std::string, std::string> files;
        for (const auto& [name, text] : metadata.files)
            files[name] = text;
        const base::ByteView root = base::as_bytes(files.at("1.root.json"));
        stored.emplace("root.json", base::Bytes(root.begin(), root.end()));
        const base::ByteView order = base::as_bytes(packed.order);
        trust::Client client(std::move(stored), at, reader, base::Bytes(order.begin(), order.end()));
        trust::Step step = client.look_up(path);
        while (const auto* fetch = std::get_if<trust::Fetch>(&step.next)) {
            const auto file = files.find(fetch->name);
            step = file == files.end() ? client.missing() : client.received(base::as_bytes(file->second));
        }
        return std::holds_alternative<trust::Found>(step.next);
    }
};

} // namespace

TEST_CASE("what is packed for a device is believed from the files alone, until its end") {
    Packing world;
    world.ask_for(path);
    const auto metadata = world.carrying.metadata(world.device.tenant);
    REQUIRE(metadata.ok());
    const base::TimePoint until = world.clock.now() + std::chrono::hours(14 * 24);
    CHECK(metadata->ends > until);
    const auto packed = world.carrying.pack(*metadata, world.device, R"({"desired":1,"poll_seconds":60})",
                                            base::sha256(path), until);
    REQUIRE(packed.ok());
    CHECK(world.device_believes(*metadata, *packed, until - std::chrono::hours(1)));
    CHECK_FALSE(world.device_believes(*metadata, *packed, until + std::chrono::hours(1)));
    const auto order = metadata::JsonReader().order(base::as_bytes(packed->order));
    REQUIRE(order.ok());
    CHECK(order->document.device == world.device.device.text());
    CHECK(order->document.answer == R"({"desired":1,"poll_seconds":60})");
}

TEST_CASE("the director's word in a folder is good as long as the folder, for that device and file alone") {
    Packing world;
    world.ask_for(path);
    const auto metadata = world.carrying.metadata(world.device.tenant);
    REQUIRE(metadata.ok());
    const base::TimePoint until = world.clock.now() + std::chrono::hours(72);
    const auto packed = world.carrying.pack(*metadata, world.device, "{}", base::sha256(path), until);
    REQUIRE(packed.ok());
    REQUIRE(packed->direction);
    const auto said = metadata::JsonReader().targets(base::as_bytes(*packed->direction));
    REQUIRE(said.ok());
    const std::string id = world.device.device.text();
    const base::TimePoint late = until - std::chrono::minutes(1);
    CHECK_FALSE(trust::check_direction(metadata->root, *said, nullptr, id, late));
    CHECK(trust::check_direction(metadata->root, *said, nullptr, "another", late));
    CHECK(said->document.files.at(path).direction->not_after == until);
    // On the network it hears a newer word at once, not one that was kept from before.
    CHECK(world.said().header.version >= said->document.header.version);
}

TEST_CASE("a word that was kept before a folder was packed is not told after it") {
    Packing world;
    world.ask_for(path);
    const std::uint64_t kept = world.said().header.version;
    world.executor.advance(std::chrono::minutes(30));
    const auto metadata = world.carrying.metadata(world.device.tenant);
    world.director.reserve();
    world.settle();
    const auto packed = world.carrying.pack(*metadata, world.device, "{}", base::sha256(path),
                                            world.clock.now() + std::chrono::hours(72));
    REQUIRE(packed.ok());
    const auto said = metadata::JsonReader().targets(base::as_bytes(*packed->direction));
    CHECK(said->document.header.version > kept);
    CHECK(world.said().header.version >= said->document.header.version);
}

TEST_CASE("without a director there is an order and no direction; without an offer nothing is packed") {
    Packing world(false);
    world.ask_for(path);
    const auto metadata = world.carrying.metadata(world.device.tenant);
    REQUIRE(metadata.ok());
    const auto packed = world.carrying.pack(*metadata, world.device, "{}", base::sha256(path),
                                            world.clock.now() + std::chrono::hours(1));
    REQUIRE(packed.ok());
    CHECK_FALSE(packed->direction);
    Packing directed;
    const auto listed = directed.carrying.metadata(directed.device.tenant);
    const auto nothing = directed.carrying.pack(*listed, directed.device, "{}", base::sha256(path),
                                                directed.clock.now() + std::chrono::hours(1));
    REQUIRE_FALSE(nothing.ok());
    CHECK(nothing.error().kind == base::ErrorKind::conflict);
}
