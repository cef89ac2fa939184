// SPDX-License-Identifier: Apache-2.0
#include "keys.hpp"

#include <trust/direction.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::trust;
using oakum::trust::testing::TestKey;

namespace {

const base::TimePoint now = base::from_unix_ms(1'790'000'000'000);
constexpr std::string_view me = "01jc0000000000000000000001", other = "01jc0000000000000000000002";
const std::string path = "gateway/1.5.0/gateway.img";

TargetFile image() {
    TargetFile file;
    file.length = 9;
    file.hashes.sha256 = base::sha256("the image");
    file.terms = artifact::Terms{"gateway", "1.5.0", 15, 10, {"acme-gw2"}, {}, "", "raw"};
    return file;
}

// A root with one director, and what that director signs. The message only has to be the same for both: the
// codec makes the real one.
struct World {
    TestKey key = TestKey::ed25519(1), thief = TestKey::ed25519(2);
    Root root;
    World() { names(key); }
    void names(const TestKey& director) {
        root.signers(Role::director).keys = {director.id()};
        root.keys = {{director.id(), director.public_key()}};
    }
    static Signed<Targets> sign(Targets targets, const TestKey& by) {
        Signed<Targets> said;
        const base::Digest256 text = base::sha256(std::to_string(targets.header.version));
        said.canonical.assign(text.bytes.begin(), text.bytes.end());
        said.signatures = {{by.id(), by.sign(said.canonical), {}}};
        said.document = std::move(targets);
        return said;
    }
    Targets permit(std::string_view device = me, std::uint64_t number = 7) const {
        return draft_direction(std::string(device), Permission{path, image(), "r1", 2}, number, now);
    }
    std::optional<Attack> refused(const Targets& said, const Targets* before = nullptr,
                                  base::TimePoint at = now) const {
        const auto refusal = check_direction(root, sign(said, key), before, me, at);
        return refusal ? std::optional(refusal->attack) : std::nullopt;
    }
};

Attack attack_of(const std::variant<base::TimePoint, NotPermitted, Refusal>& answer) {
    REQUIRE(std::holds_alternative<Refusal>(answer));
    return std::get<Refusal>(answer).attack;
}

} // namespace

TEST_CASE("what the director drafts for a device is followed by that device, for as long as it says") {
    const World world;
    const Targets said = world.permit();
    CHECK_FALSE(world.refused(said));
    const auto until = permitted_until(said, me, path, image(), now);
    REQUIRE(std::holds_alternative<base::TimePoint>(until));
    CHECK(std::get<base::TimePoint>(until) == now + kPermissionLife);
    CHECK(std::holds_alternative<NotPermitted>(
        permitted_until(said, me, "gateway/1.4.0/gateway.img", image(), now)));
}

TEST_CASE("nothing permitted is a word for one device too") {
    const World world;
    const Targets none = draft_direction(std::string(me), std::nullopt, 7, now);
    CHECK_FALSE(world.refused(none));
    CHECK(std::holds_alternative<NotPermitted>(permitted_until(none, me, path, image(), now)));
    CHECK(world.refused(draft_direction(std::string(other), std::nullopt, 7, now)) == Attack::wrong_device);
}

TEST_CASE("versions follow the desired state, and time where that is further") {
    const auto seconds = static_cast<std::uint64_t>(base::unix_seconds(now));
    CHECK(draft_direction(std::string(me), std::nullopt, 7, now).header.version == seconds);
    CHECK(draft_direction(std::string(me), std::nullopt, seconds + 9, now).header.version == seconds + 9);
}

TEST_CASE("each way to bend a direction has its name") {
    World world;
    const Targets good = world.permit();

    SUBCASE("somebody else's signature") {
        const auto refusal = check_direction(world.root, World::sign(good, world.thief), nullptr, me, now);
        REQUIRE(refusal);
        CHECK(refusal->attack == Attack::unapproved);
    }
    SUBCASE("another device's") {
        CHECK(world.refused(world.permit(other)) == Attack::wrong_device);
    }
    SUBCASE("no device at all") {
        Targets said = good;
        said.header.unknown.clear();
        CHECK(world.refused(said) == Attack::wrong_device);
    }
    SUBCASE("another device's file under this device's name") {
        Targets said = good;
        said.files.at(path).direction->device = other;
        CHECK(attack_of(permitted_until(said, me, path, image(), now)) == Attack::wrong_device);
        said.files.at(path).direction.reset();
        CHECK(attack_of(permitted_until(said, me, path, image(), now)) == Attack::wrong_device);
    }
    SUBCASE("an older word") {
        Targets newer = good;
        ++newer.header.version;
        CHECK(world.refused(good, &newer) == Attack::rollback);
        CHECK_FALSE(world.refused(newer, &good));
        CHECK_FALSE(world.refused(good, &good));
    }
    SUBCASE("one that has expired") {
        CHECK(world.refused(good, nullptr, now + kDirectionLife) == Attack::replay);
    }
    SUBCASE("a permission that is over, or has no end") {
        CHECK_FALSE(world.refused(good, nullptr, now + kPermissionLife));
        CHECK(attack_of(permitted_until(good, me, path, image(), now + kPermissionLife)) == Attack::replay);
        Targets said = good;
        said.files.at(path).direction->not_after.reset();
        CHECK(attack_of(permitted_until(said, me, path, image(), now)) == Attack::replay);
    }
    SUBCASE("delegations, or a second file (T21)") {
        Targets said = good;
        said.delegations = Delegations{};
        CHECK(world.refused(said) == Attack::unapproved);
        said = good;
        said.files.emplace("gateway/1.6.0/gateway.img", said.files.at(path));
        CHECK(world.refused(said) == Attack::unapproved);
    }
    SUBCASE("something else than the list of releases says") {
        const auto bent = [&](const auto& bend) {
            Targets said = good;
            bend(said.files.at(path));
            return attack_of(permitted_until(said, me, path, image(), now));
        };
        CHECK(bent([](TargetFile& file) { ++file.length; }) == Attack::mix_and_match);
        CHECK(bent([](TargetFile& file) { file.hashes.sha256 = base::sha256("x"); }) ==
              Attack::mix_and_match);
        CHECK(bent([](TargetFile& file) { file.hashes.sha512.emplace(); }) == Attack::mix_and_match);
        CHECK(bent([](TargetFile& file) { file.terms->models = {"acme-cam"}; }) == Attack::mix_and_match);
        CHECK(bent([](TargetFile& file) { file.terms->counter = 99; }) == Attack::mix_and_match);
        CHECK(bent([](TargetFile& file) { file.terms.reset(); }) == Attack::mix_and_match);
    }
}

TEST_CASE("a director whose key was taken away is forgotten with its numbers") {
    World world;
    Targets huge = world.permit();
    huge.header.version = 1ULL << 52;
    const Signed<Targets> stored = World::sign(huge, world.key);
    CHECK(is_directors(world.root, stored, me));
    CHECK_FALSE(is_directors(world.root, stored, other));
    world.names(world.thief);
    CHECK_FALSE(is_directors(world.root, stored, me));
}

TEST_CASE("attacks have names that can be read back") {
    for (const Attack attack :
         {Attack::unapproved, Attack::rollback, Attack::freeze, Attack::mix_and_match, Attack::wrong_hardware,
          Attack::wrong_device, Attack::replay, Attack::unlogged, Attack::split_view}) {
        CHECK(parse_attack(to_string(attack)).value() == attack);
        CHECK_FALSE(in_words(attack).empty());
    }
    CHECK_FALSE(parse_attack("").ok());
}
