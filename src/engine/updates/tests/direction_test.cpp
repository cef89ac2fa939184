// SPDX-License-Identifier: Apache-2.0
#include "simulated_repository.hpp"
#include "world.hpp"

#include <updates/trusted_targets.hpp>

using namespace oakum;
using namespace oakum::updates;
using namespace oakum::updates::test;
using install::Reason;
using install::State;
using trust::Attack;

namespace {

base::TimePoint in(World& world, base::Duration time) {
    return base::from_unix_ms(world.now().time_since_epoch() / 1ms) + time;
}
wire::InstallWindow window(World& world, base::Duration from, base::Duration to) {
    return {static_cast<std::uint64_t>(base::unix_seconds(in(world, from))),
            static_cast<std::uint64_t>(base::unix_seconds(in(world, to)))};
}

} // namespace

TEST_CASE("a directed update is asked for once, and its end is told with what runs then") {
    World world;
    world.direct();
    world.add_release("2.0", Firmware::good, 2);
    world.roll_out("2.0");
    world.run();
    REQUIRE(world.server.state == State::verified);
    REQUIRE(world.manifests.size() == 2);
    const wire::Manifest& asked = world.manifests[0];
    const wire::Manifest& ended = world.manifests[1];
    CHECK(asked.device == "me");
    CHECK(asked.running_version == "1.0");
    CHECK(ended.deployment == "d-1");
    CHECK(ended.running_version == "2.0");
    CHECK(ended.digest == digest_of(image_bytes("2.0")).hex());
    CHECK(ended.counter == 2);
    CHECK(ended.sequence > asked.sequence);
    CHECK_FALSE(ended.attack);
    CHECK_FALSE(world.agent->state().to_tell);
}

TEST_CASE("where no root names a director nobody is asked") {
    World world;
    world.add_release("2.0", Firmware::good, 2);
    world.roll_out("2.0");
    world.run();
    CHECK(world.server.state == State::verified);
    CHECK(world.manifests.empty());
}

TEST_CASE("a permission that ended in a wait is asked for again before anything is written") {
    World world;
    world.direct();
    world.add_release("2.0", Firmware::good, 2);
    world.roll_out("2.0");
    world.permission = 1h;
    world.windows = {{window(world, 5h, 6h)}};
    world.terms.wait_timeout = 24h;
    world.run(12h);
    REQUIRE(world.server.state == State::verified);
    CHECK(world.manifests.size() == 3); // at the offer, when the window opened, at the end
}

TEST_CASE("what is no longer permitted when its time comes is not written") {
    World world;
    world.direct();
    world.add_release("2.0", Firmware::good, 2);
    world.roll_out("2.0");
    world.permission = 1h;
    world.windows = {{window(world, 5h, 6h)}};
    world.terms.wait_timeout = 24h;
    while (world.told.empty() || world.told.back() != "awaiting_window")
        world.step();
    world.distrust = NotTrusted{Reason::metadata_expired, "the permission is over", false, Attack::replay};
    world.run(12h);
    CHECK(world.server.state == State::failed);
    CHECK(world.flash.slots["b"].bytes.empty());
    REQUIRE_FALSE(world.manifests.empty());
    CHECK(world.manifests.back().attack == Attack::replay);
    CHECK(world.manifests.back().running_version == "1.0");
}

TEST_CASE("what is permitted again is held against this device again") {
    const auto renewed = [](auto change) {
        World world;
        world.direct();
        world.add_release("2.0", Firmware::good, 2);
        world.roll_out("2.0");
        world.permission = 1h;
        world.windows = {{window(world, 5h, 6h)}};
        world.terms.wait_timeout = 24h;
        while (world.told.empty() || world.told.back() != "awaiting_window")
            world.step();
        change(
            *world.targets[World::path_of("2.0")].terms); // signed anew while it waited; the file is the same
        world.run(12h);
        if (world.server.state == State::verified) return std::optional<Attack>();
        CHECK(world.server.reason == Reason::incompatible);
        CHECK(world.flash.slots["b"].bytes.empty());
        REQUIRE(world.agent->state().attacked);
        return std::optional(world.agent->state().attacked->attack);
    };
    CHECK_FALSE(renewed([](artifact::Terms&) {}));
    CHECK(renewed([](artifact::Terms& terms) { terms.models = {"camera-c1"}; }) == Attack::wrong_hardware);
    CHECK(renewed([](artifact::Terms& terms) { terms.hw_revisions = {"Z"}; }) == Attack::wrong_hardware);
}

TEST_CASE("a floor that was signed while an update waited holds once it is verified") {
    World world;
    world.direct();
    world.add_release("2.0", Firmware::good, 2);
    world.roll_out("2.0");
    world.permission = 1h;
    world.windows = {{window(world, 5h, 6h)}};
    world.terms.wait_timeout = 24h;
    while (world.told.empty() || world.told.back() != "awaiting_window")
        world.step();
    world.targets[World::path_of("2.0")].terms->floor = 2;
    world.run(12h);
    REQUIRE(world.server.state == State::verified);
    CHECK(world.agent->state().floor == 2);
}

TEST_CASE("an attack is stored, told in each inventory, and forgotten when a release was verified") {
    World world;
    world.direct();
    world.add_release("2.0", Firmware::good, 2);
    world.roll_out("2.0");
    world.distrust = NotTrusted{Reason::verification_failed, "another hash", false, Attack::mix_and_match};
    world.run(5min);
    CHECK(world.facts["x.attack"] == "mix_and_match");
    CHECK(world.facts["x.attack_detail"].ends_with(": another hash"));
    world.lose_power();
    REQUIRE(world.agent->state().attacked);
    CHECK(world.agent->state().attacked->detail == "another hash");
    world.distrust.reset();
    world.roll_out("2.0", "d-2");
    world.run();
    REQUIRE(world.server.state == State::verified);
    CHECK_FALSE(world.agent->state().attacked);
    for (int i = 0; i < 5; ++i)
        world.step();
    CHECK_FALSE(world.facts.contains("x.attack"));
}

TEST_CASE("a release that the director names and that does not fit is an attack; without a director it is a "
          "mistake") {
    for (const bool directed : {true, false}) {
        World world;
        if (directed) world.direct();
        world.add_release("2.0", Firmware::good, 2);
        const auto expect = [&](std::optional<Attack> attack) {
            world.roll_out("2.0", attack ? "d-" + std::string(trust::to_string(*attack)) : "d-");
            world.run(5min);
            CHECK(world.server.state == State::failed);
            CHECK(world.server.reason == Reason::incompatible);
            const auto& attacked = world.agent->state().attacked;
            CHECK((attacked ? std::optional(attacked->attack) : std::nullopt) ==
                  (directed ? attack : std::nullopt));
        };
        world.targets[World::path_of("2.0")].terms->models = {"camera-c1"};
        expect(Attack::wrong_hardware);
        world.targets[World::path_of("2.0")].terms->models = {"gateway-g2"};
        world.roll_out("2.0", "d-fits");
        world.run();
        REQUIRE(world.server.state == State::verified);
        trust::TargetFile older = world.targets[World::path_of("2.0")];
        older.terms->version = "0.5";
        older.terms->counter = 1;
        world.targets[World::path_of("0.5")] = older;
        world.roll_out("0.5", "d-older");
        world.run(5min);
        CHECK(world.server.state == State::failed);
        const auto& attacked = world.agent->state().attacked;
        CHECK((attacked ? std::optional(attacked->attack) : std::nullopt) ==
              (directed ? std::optional(Attack::rollback) : std::nullopt));
    }
}

// ---- both repositories, with real metadata

TEST_CASE("both repositories have to agree before a file is listed") {
    Repositories both;
    CHECK(both.listed());
    CHECK(both.permitted_until == both.now + trust::kPermissionLife);

    SUBCASE("a root without a director asks nobody") {
        Repositories plain(Repositories::Directed::no);
        CHECK(plain.listed());
        CHECK_FALSE(plain.permitted_until);
        CHECK(plain.asked == 0);
    }
    SUBCASE("a program that cannot ask installs nothing") {
        both.able = false;
        CHECK_FALSE(both.listed());
        CHECK_FALSE(both.attack);
    }
    SUBCASE("a director that cannot be reached is asked later") {
        both.down = true;
        CHECK_FALSE(both.listed());
        CHECK(both.unreachable);
    }
    SUBCASE("it permits nothing") {
        both.permission.reset();
        CHECK_FALSE(both.listed());
        CHECK(both.unreachable);
        CHECK_FALSE(both.attack);
    }
    SUBCASE("it speaks to another device") {
        both.to = "another";
        CHECK_FALSE(both.listed());
        CHECK(both.attack == Attack::wrong_device);
    }
    SUBCASE("it is signed by nobody who may") {
        both.signer = "snapshot";
        CHECK_FALSE(both.listed());
        CHECK(both.attack == Attack::unapproved);
    }
    SUBCASE("it stands by a file that nobody signed") {
        both.path = "gateway/6.6.6/gateway.img";
        both.permission->path = both.path;
        CHECK_FALSE(both.listed());
        CHECK(both.attack == Attack::unapproved);
    }
    SUBCASE("it says another hash") {
        both.permission->file.hashes.sha256 = base::sha256("another");
        CHECK_FALSE(both.listed());
        CHECK(both.attack == Attack::mix_and_match);
    }
    SUBCASE("an older word than before, also after a restart") {
        const base::Bytes older = both.last;
        both.number = 1ULL << 40;
        CHECK(both.listed());
        both.replay = older;
        CHECK_FALSE(both.listed());
        CHECK(both.attack == Attack::rollback);
    }
    SUBCASE("the same word when it is over") {
        both.replay = both.last;
        both.now += trust::kPermissionLife;
        CHECK_FALSE(both.listed());
        CHECK(both.attack == Attack::replay);
    }
    SUBCASE("rubbish") {
        both.replay = base::Bytes{'{', '}'};
        CHECK_FALSE(both.listed());
        CHECK(both.attack == Attack::unapproved);
    }
    SUBCASE("damage on the device is nobody's attack: a root that is torn") {
        both.folder["root.json"].resize(40);
        CHECK_FALSE(both.listed());
        CHECK_FALSE(both.attack);
        CHECK(both.reason == Reason::agent_error);
    }
    SUBCASE("damage on the device is nobody's attack: a root that cannot be read") {
        both.unreadable = "root.json";
        CHECK_FALSE(both.listed());
        CHECK_FALSE(both.attack);
        CHECK(both.reason == Reason::agent_error);
    }
    SUBCASE("a file that cannot be read is fetched again") {
        for (const char* file : {"timestamp.json", "snapshot.json", "targets.json", "+director.json"}) {
            CAPTURE(file);
            both.unreadable = file;
            CHECK(both.listed());
        }
    }
    SUBCASE("a root that takes the director's key away makes its numbers forgotten") {
        both.number = 1ULL << 40;
        CHECK(both.listed());
        both.number = 1;
        CHECK_FALSE(both.listed());
        both.rotate_director();
        CHECK(both.listed());
    }
}
