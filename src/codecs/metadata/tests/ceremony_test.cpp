// SPDX-License-Identifier: Apache-2.0
// Signing elsewhere: what goes out, what people see, what comes back.
#include "simulator.hpp"

#include <doctest/doctest.h>
#include <metadata/ceremony.hpp>
#include <trust/limits.hpp>
#include <trust/words.hpp>

#include <algorithm>
#include <functional>

using namespace oakum;
using namespace oakum::metadata;
using namespace oakum::metadata::testing;
using trust::Role;

namespace {

const trust::Lifetimes kLifetimes;

trust::Key held_by(const TestKey& key, const std::string& holder) {
    trust::Key named = key.public_key();
    named.unknown[std::string(trust::kHolder)] = "\"" + holder + "\"";
    return named;
}
trust::KeyId id_of(const trust::Key& key) {
    return key_id(key).value();
}

struct House {
    std::map<trust::KeyId, TestKey> here; // what the server can sign with
    trust::RepositoryState state;
    std::map<std::string, base::Bytes> files;

    House() {
        trust::Root root;
        for (const Role role : trust::kRoles) {
            const TestKey key = TestKey::ed25519(static_cast<int>(role));
            const trust::KeyId id = id_of(key.public_key());
            here.emplace(id, key);
            root.keys.insert_or_assign(id, key.public_key());
            root.signers(role).keys.push_back(id);
        }
        keep(create(root, kStart, kLifetimes, sign()).value());
    }
    Sign sign() const {
        return [this](const std::string&, const trust::KeyId& id,
                      base::ByteView message) -> base::Result<base::Bytes> {
            const auto key = here.find(id);
            if (key == here.end()) return base::unavailable("not here");
            return key->second.sign(message);
        };
    }
    void keep(const Issue& issue) {
        state = issue.state;
        for (const File& file : issue.files)
            files[file.name] = file.bytes;
    }
    const base::Bytes& root() const {
        return files.at(trust::served_name("root", state.root.header.version));
    }
    const base::Bytes& targets() const {
        return files.at(trust::served_name("targets", state.targets.at("targets").header.version));
    }
    Ceremony plan(const std::vector<RoleChange>& changes) const {
        return plan_root(root(), targets(), changes, kStart + kDay, kLifetimes).value();
    }
    base::Result<Issue> adopt(const Ceremony& ceremony, base::TimePoint now = kStart + kDay) const {
        return metadata::adopt(state, ceremony.documents, now, kLifetimes, sign());
    }
    trust::KeyId only(Role role) const { return state.root.signers(role).keys.front(); }
};

base::Status sign_by(Ceremony& ceremony, const TestKey& key) {
    return add_signatures(
        ceremony, key.public_key(),
        [&](base::ByteView message) -> base::Result<base::Bytes> { return key.sign(message); });
}
// Over the stick: written and read each time.
Ceremony carried(const Ceremony& ceremony) {
    return read_ceremony(encode(ceremony)).value();
}
std::vector<Standing> shown(const Ceremony& ceremony) {
    return standing(ceremony, trust::Rest::counted).value();
}
bool says(const std::vector<std::string>& words, std::string_view part) {
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

} // namespace

TEST_CASE("root and targets move to several people, and clients follow") {
    House house;
    const TestKey anna = TestKey::ed25519(50), ben = TestKey::ed25519(51), dora = TestKey::ed25519(52),
                  server_root = TestKey::ed25519(static_cast<int>(Role::root));
    Ceremony ceremony =
        house.plan({{Role::root, {held_by(anna, "anna"), held_by(ben, "ben")}, {house.only(Role::root)}, 2},
                    {Role::targets, {held_by(dora, "dora")}, {house.only(Role::targets)}, std::nullopt}});
    REQUIRE(ceremony.documents.size() == 2); // the list of releases changes its signers

    auto where = shown(ceremony);
    CHECK(says(where[0].words, "Root 2 takes the place of root 1"));
    CHECK(says(where[0].words, "root: 2 of 2 keys must sign; before it was 1 of 1 key"));
    CHECK(says(where[0].words, "root gains the key of anna ("));
    CHECK(says(where[0].words, "root loses the key of " + house.only(Role::root).get().substr(0, 12)));
    CHECK(says(where[0].words, "timestamp: 1 of 1 key must sign, as before"));
    CHECK(says(where[1].words, "its 0 targets stay as they are"));
    CHECK_FALSE(where[0].done());
    REQUIRE(where[0].needs.size() == 2);
    CHECK(where[0].needs[1].missing.size() == 2);

    for (const TestKey& key : {server_root, anna, dora}) {
        ceremony = carried(ceremony);
        CHECK_FALSE(house.adopt(ceremony).ok());
        REQUIRE(sign_by(ceremony, key).ok());
    }
    CHECK(house.adopt(ceremony).error().message.find("root, by its new signers") == 0);
    REQUIRE(sign_by(ceremony, ben).ok());
    REQUIRE(sign_by(ceremony, ben).ok()); // again changes nothing
    ceremony = carried(ceremony);
    const auto finished = shown(ceremony);
    for (const Standing& one : finished)
        CHECK(one.done());

    House before = house;
    house.keep(house.adopt(ceremony).value());
    CHECK(house.state.root.header.version == 2);
    CHECK(house.state.root.keys.size() == 5); // the old two are not carried along
    CHECK(house.files.at("2.root.json") ==
          envelope(ceremony.documents[0].signed_json, ceremony.documents[0].signatures));

    Simulator mirror;
    mirror.files = before.files;
    mirror.root.header.version = 1;
    TestClient client(mirror);
    REQUIRE(client.refresh(mirror, kStart));
    mirror.files = house.files;
    CHECK(client.refresh(mirror, kStart + kDay));
    CHECK(client.version("root") == 2);
    CHECK(house.adopt(ceremony).error().kind == base::ErrorKind::conflict); // once
}

TEST_CASE("a revoked key signs nothing any more, and alone it never could") {
    House house;
    const TestKey anna = TestKey::ed25519(50), ben = TestKey::ed25519(51), thief = TestKey::ed25519(52),
                  server_root = TestKey::ed25519(static_cast<int>(Role::root));
    const trust::Key stolen = held_by(thief, "cleo");
    Ceremony first = house.plan(
        {{Role::root, {held_by(anna, "anna"), held_by(ben, "ben"), stolen}, {house.only(Role::root)}, 2}});
    for (const TestKey& key : {server_root, anna, thief})
        REQUIRE(sign_by(first, key).ok());
    house.keep(house.adopt(first).value());

    Ceremony coup = house.plan({{Role::root, {}, {id_of(held_by(anna, "anna"))}, 1}});
    REQUIRE(sign_by(coup, thief).ok());
    CHECK(house.adopt(coup).error().kind == base::ErrorKind::denied);

    Ceremony revoke = house.plan({{Role::root, {}, {id_of(stolen)}, std::nullopt}});
    for (const TestKey& key : {anna, ben})
        REQUIRE(sign_by(revoke, key).ok());
    house.keep(house.adopt(revoke).value());
    Ceremony again = house.plan({{Role::root, {}, {}, 1}});
    CHECK(sign_by(again, thief).error().kind == base::ErrorKind::denied);
}

TEST_CASE("a stolen online key is replaced without the people who sign releases") {
    House house;
    const TestKey next = TestKey::ed25519(60), server_root = TestKey::ed25519(static_cast<int>(Role::root));
    Ceremony ceremony =
        house.plan({{Role::timestamp, {next.public_key()}, {house.only(Role::timestamp)}, std::nullopt}});
    CHECK(ceremony.documents.size() == 1);
    REQUIRE(sign_by(ceremony, server_root).ok());
    CHECK(house.adopt(ceremony).error().kind ==
          base::ErrorKind::unavailable); // its new key is not on the server yet
    house.here.emplace(id_of(next.public_key()), next);
    house.keep(house.adopt(ceremony).value());
    const auto timestamp = JsonReader().timestamp(house.files.at("timestamp.json")).value();
    REQUIRE(timestamp.signatures.size() == 1);
    CHECK(timestamp.signatures[0].key == id_of(next.public_key()));
}

TEST_CASE("what a release adds is said in words, down to its hash") {
    House house;
    trust::Changes changes;
    trust::TargetFile file;
    file.length = 7;
    file.hashes.sha256 = base::sha256("content");
    file.terms = artifact::Terms{"gateway", "1.5.0", 15, 10, {"gw2"}, {"B"}, "1.4.0", "tar"};
    changes.add["gateway/1.5.0/a.img"] = file;
    const trust::Targets next = trust::draft_targets(house.state, changes, kStart + kDay, kLifetimes).value();
    Ceremony ceremony{house.root(), house.targets(), {{"targets", encode(next), {}}}};
    const auto where = shown(ceremony);
    CHECK(says(where[0].words,
               "new: gateway/1.5.0/a.img: 7 bytes, SHA-256 " + base::sha256("content").hex() +
                   ", release gateway 1.5.0, counter 15, floor 10, for gw2, hardware B, from 1.4.0 on, tar"));
    REQUIRE(sign_by(ceremony, TestKey::ed25519(static_cast<int>(Role::targets))).ok());
    house.keep(house.adopt(ceremony).value());
    CHECK(house.state.targets.at("targets").files.contains("gateway/1.5.0/a.img"));

    file.length = 8;
    trust::Targets changed = house.state.targets.at("targets");
    ++changed.header.version;
    changed.files["gateway/1.5.0/a.img"] = file;
    const Ceremony other{house.root(), house.targets(), {{"targets", encode(changed), {}}}};
    CHECK(says(shown(other)[0].words, "CHANGED: gateway/1.5.0/a.img: 8 bytes"));
    changed.files.clear();
    const Ceremony less{house.root(), house.targets(), {{"targets", encode(changed), {}}}};
    CHECK(says(shown(less)[0].words, "taken away: gateway/1.5.0/a.img"));
}

TEST_CASE("what took too long, or was overtaken, is not adopted") {
    House house;
    const TestKey root = TestKey::ed25519(static_cast<int>(Role::root)),
                  targets = TestKey::ed25519(static_cast<int>(Role::targets));
    Ceremony ceremony = house.plan({{Role::root, {held_by(TestKey::ed25519(50), "anna")}, {}, std::nullopt}});
    REQUIRE(sign_by(ceremony, root).ok());
    CHECK(house.adopt(ceremony, kStart + 400 * kDay).error().kind == base::ErrorKind::conflict);

    trust::Targets again =
        trust::draft_again(house.state.targets.at("targets"), kStart + kDay, kLifetimes).value();
    Ceremony slow{house.root(), house.targets(), {{"targets", encode(again), {}}}};
    REQUIRE(sign_by(slow, targets).ok());
    house.keep(publish(house.state, {}, kStart + 2 * kDay, kLifetimes, house.sign()).value());
    CHECK(house.adopt(slow, kStart + 2 * kDay).error().kind == base::ErrorKind::conflict);
}

TEST_CASE("a plan that could never be signed, or changes what is not there, is not made") {
    const House house;
    const auto plan = [&](const RoleChange& change) {
        return plan_root(house.root(), house.targets(), std::vector{change}, kStart, kLifetimes);
    };
    CHECK(plan({Role::root, {}, {house.only(Role::root)}, std::nullopt}).error().kind ==
          base::ErrorKind::invalid);
    CHECK(plan({Role::root, {}, {}, 2}).error().kind == base::ErrorKind::invalid);
    CHECK(plan({Role::root, {}, {trust::KeyId("nobody")}, std::nullopt}).error().kind ==
          base::ErrorKind::not_found);
    const TestKey own = TestKey::ed25519(static_cast<int>(Role::root));
    CHECK(plan({Role::root, {own.public_key()}, {}, std::nullopt}).error().kind == base::ErrorKind::conflict);
}

TEST_CASE("a file of documents that was tampered with on its way is refused or shows it") {
    House house;
    const Ceremony ceremony =
        house.plan({{Role::root, {held_by(TestKey::ed25519(50), "anna")}, {}, std::nullopt}});
    Ceremony forged = ceremony;
    forged.present_root = envelope(encode(house.state.root), {});
    CHECK_FALSE(standing(forged, trust::Rest::counted).ok());
    forged = ceremony;
    forged.documents[0].signed_json = encode(house.state.root);
    CHECK(standing(forged, trust::Rest::counted).error().message ==
          "the new root does not follow the present one");
    for (const char* text :
         {"", "{}", "[]", "{\"form\":\"oakum/ceremony/1\"}",
          "{\"form\":\"oakum/ceremony/1\",\"present_root\":\"\",\"present_targets\":\"\",\"documents\":[]}"})
        CHECK_FALSE(read_ceremony(text).ok());
    std::string twice = encode(ceremony);
    const auto at = twice.find("\"documents\":[") + 13;
    const std::string document = twice.substr(at, twice.rfind(']') - at);
    twice.insert(at, document + ",");
    CHECK_FALSE(read_ceremony(twice).ok());
}

TEST_CASE("a fleet gets a director by a root, another one by the next, and may lose it again") {
    House house;
    const TestKey first = TestKey::ed25519(60), second = TestKey::ed25519(61),
                  server_root = TestKey::ed25519(static_cast<int>(Role::root));
    const auto follow = [&](const RoleChange& change, std::string_view words) {
        Ceremony ceremony = house.plan({change});
        REQUIRE(ceremony.documents.size() == 1); // nobody else signs anew
        CHECK(says(shown(ceremony)[0].words, words));
        CHECK(sign_by(ceremony, server_root).ok());
        const auto issued = house.adopt(carried(ceremony));
        REQUIRE_MESSAGE(issued.ok(), (issued.ok() ? "" : issued.error().text()));
        house.keep(*issued);
        // As a client reads it.
        return JsonReader().root(house.root()).value().document;
    };
    CHECK_FALSE(house.state.root.has_director());
    // Whoever names it brings its key: a director that nobody can speak for ends all updates.
    {
        Ceremony mute = house.plan({{Role::director, {held_by(first, "oakumd")}, {}, std::nullopt}});
        CHECK(sign_by(mute, server_root).ok());
        const auto refused = house.adopt(mute);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().message.find("devices would install nothing") != std::string::npos);
        CHECK(house.state.root.header.version == 1);
    }
    for (const TestKey& key : {first, second})
        house.here.emplace(id_of(held_by(key, "oakumd")), key);
    trust::Root root = follow({Role::director, {held_by(first, "oakumd")}, {}, std::nullopt},
                              "from now on devices install only what it permits each of them");
    CHECK(root.signers(Role::director).keys == std::vector{id_of(held_by(first, "oakumd"))});
    CHECK(root.keys.contains(id_of(held_by(first, "oakumd"))));
    CHECK(root.unknown_roles.empty()); // other clients refuse a fifth role
    root =
        follow({Role::director, {held_by(second, "oakumd")}, {id_of(held_by(first, "oakumd"))}, std::nullopt},
               "director gains the key of oakumd");
    CHECK_FALSE(root.keys.contains(id_of(held_by(first, "oakumd"))));
    root = follow({Role::director, {}, {id_of(held_by(second, "oakumd"))}, std::nullopt}, "none any more");
    CHECK_FALSE(root.has_director());
    // What could never be signed is not asked of people.
    CHECK_FALSE(plan_root(house.root(), house.targets(),
                          std::vector{RoleChange{Role::director, {held_by(first, "x")}, {}, 2}},
                          kStart + kDay, kLifetimes)
                    .ok());
}

TEST_CASE("a root that names a director without a key is refused, since its devices would ask nobody") {
    House house;
    std::string text(base::as_text(house.root()));
    text.replace(text.find("\"consistent_snapshot\""), 0,
                 R"("x-oakum-director":{"keyids":[],"threshold":1},)");
    CHECK_FALSE(JsonReader().root(base::as_bytes(text)).ok());
}

TEST_CASE("a key swapped under the id that everybody knows is refused, and its words say both") {
    House house;
    const TestKey dora = TestKey::ed25519(50), thief = TestKey::ed25519(66),
                  server_root = TestKey::ed25519(static_cast<int>(Role::root));
    const trust::KeyId id = id_of(held_by(dora, "dora"));
    Ceremony move = house.plan({{Role::targets, {held_by(dora, "dora")}, {house.only(Role::targets)}, 1}});
    CHECK(says(shown(move)[0].words, "targets gains the key of dora (" + id.get().substr(0, 12) +
                                         "): ed25519 " + dora.public_key().public_text));
    REQUIRE(sign_by(move, server_root).ok());
    REQUIRE(sign_by(move, dora).ok());
    house.keep(house.adopt(move).value());

    // The root of the next year, as a stolen server prepares it.
    Ceremony yearly = house.plan({});
    trust::Root bent = JsonReader().root(envelope(yearly.documents[0].signed_json, {})).value().document;
    bent.keys.at(id) = held_by(thief, "dora");
    yearly.documents[0].signed_json = encode(bent);
    const auto refused = standing(yearly, trust::Rest::in_full);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.find("a key under the id " + id.get()) != std::string::npos);
    const std::string before = encode(yearly);
    CHECK(sign_by(yearly, server_root).error().kind == base::ErrorKind::denied);
    CHECK(encode(yearly) == before);
    // Nor is it adopted, should somebody have signed it with another program.
    yearly.documents[0].signatures = {
        {house.only(Role::root), server_root.sign(canonical(yearly.documents[0].signed_json).value()), {}}};
    CHECK(house.adopt(yearly).error().kind == base::ErrorKind::denied);

    const auto words = trust::words_of(bent, house.state.root);
    CHECK(says(words, "targets has ANOTHER KEY under the id " + id.get()));
    CHECK(says(words, thief.public_key().public_text));
    CHECK(says(words, dora.public_key().public_text));
    // Another holder's name is another entry too.
    bent.keys.at(id) = held_by(dora, "emil");
    CHECK(says(trust::words_of(bent, house.state.root), "ANOTHER KEY"));
}

TEST_CASE("fields of a root that no sentence speaks of are not passed over") {
    const House house;
    const trust::Root& present = house.state.root;
    const auto changed = [&](const std::function<void(trust::Root&)>& change) {
        trust::Root next = present;
        ++next.header.version;
        change(next);
        return says(trust::words_of(next, present), "Other fields change");
    };
    CHECK_FALSE(changed([](trust::Root&) {}));
    CHECK(changed([](trust::Root& root) { root.header.unknown["x"] = "1"; }));
    CHECK(changed([](trust::Root& root) { root.header.spec_version = "1.0.99"; }));
    CHECK(changed([](trust::Root& root) { root.signers(Role::targets).unknown["x"] = "1"; }));
    CHECK(changed([](trust::Root& root) {
        root.keys.emplace(trust::KeyId("unused"), TestKey::ed25519(70).public_key());
    }));
}

TEST_CASE("a key swapped under a delegated role is refused, and its words say that it changes") {
    House house;
    const TestKey vendor = TestKey::ed25519(70), thief = TestKey::ed25519(71),
                  targets = TestKey::ed25519(static_cast<int>(Role::targets));
    const trust::KeyId id = id_of(vendor.public_key());
    house.here.emplace(id, vendor);
    trust::DelegatedRole role{"vendor", {{id}, 1, {}}, false, trust::PathPatterns{{"vendor/*"}}};
    house.keep(
        delegate(house.state, {role, {{id, vendor.public_key()}}}, kStart, kLifetimes, house.sign()).value());
    const trust::Targets present = house.state.targets.at("targets");
    trust::Targets next = present;
    ++next.header.version;
    CHECK(trust::differences(next, present).empty());
    next.delegations->keys.at(id) = thief.public_key();
    CHECK(says(trust::differences(next, present), "CHANGED: who else may list releases"));
    Ceremony ceremony{house.root(), house.targets(), {{"targets", encode(next), {}}}};
    CHECK(sign_by(ceremony, targets).error().kind == base::ErrorKind::denied);
    next = present;
    next.delegations->unknown["x"] = "1";
    CHECK(says(trust::differences(next, present), "CHANGED: who else may list releases"));
    next = present;
    next.header.unknown["x"] = "1";
    CHECK(says(trust::differences(next, present), "CHANGED: other fields"));
}

TEST_CASE("a withdrawn release does not come back by a list that starts from an older one") {
    House house;
    const TestKey targets = TestKey::ed25519(static_cast<int>(Role::targets));
    const auto file = [](std::uint64_t counter) {
        trust::TargetFile made;
        made.length = counter;
        made.hashes.sha256 = base::sha256(std::to_string(counter));
        made.terms =
            artifact::Terms{"gateway", "1." + std::to_string(counter), counter, 0, {"gw2"}, {}, "", "tar"};
        return made;
    };
    const auto publish_it = [&](const trust::Changes& changes) {
        house.keep(publish(house.state, changes, kStart + kDay, kLifetimes, house.sign()).value());
    };
    publish_it({"targets", {{"gateway/1.4/a", file(4)}}, {}});
    const House old = house;
    publish_it({"targets", {}, {"gateway/1.4/a"}}); // withdrawn
    const base::Bytes kept = house.targets();

    const auto adding = [&](const House& from) {
        const trust::Targets next =
            trust::draft_targets(from.state, {"targets", {{"gateway/1.5/a", file(5)}}, {}}, kStart + 2 * kDay,
                                 kLifetimes)
                .value();
        return Ceremony{from.root(), from.targets(), {{"targets", encode(next), {}}}};
    };
    const Ceremony forged = adding(old), good = adding(house);
    const auto refused = since_list(forged, base::as_text(kept));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.find("would come back") != std::string::npos);
    CHECK(says(since_list(good, base::as_text(kept)).value(), "the list of releases that you keep"));
    // Without a list of one's own, all of it is shown.
    CHECK_FALSE(says(standing(forged, trust::Rest::counted).value()[0].words, "gateway/1.4/a"));
    CHECK(says(standing(forged, trust::Rest::in_full).value()[0].words, "stays: gateway/1.4/a: 4 bytes"));
    CHECK_FALSE(says(standing(good, trust::Rest::in_full).value()[0].words, "gateway/1.4/a"));

    // What somebody signed last counts as what they keep, and what others signed since is told.
    Ceremony last = good;
    REQUIRE(sign_by(last, targets).ok());
    CHECK_FALSE(since_list(good, encode(last)).ok());
    const auto since = since_list(good, base::as_text(old.targets())).value();
    CHECK(says(since, "others signed version"));
    CHECK(says(since, "taken away: gateway/1.4/a"));
    // Another list of the same version.
    trust::Targets twin = house.state.targets.at("targets");
    twin.files["gateway/1.4/a"] = file(4);
    Ceremony other = good;
    other.present_targets = envelope(encode(twin), {});
    CHECK(since_list(other, base::as_text(kept)).error().kind == base::ErrorKind::denied);
    CHECK_FALSE(since_list(good, "{}").ok());
}

TEST_CASE("the root that a signer keeps is held against the file, as it was served or as it was signed") {
    House house;
    const TestKey server_root = TestKey::ed25519(static_cast<int>(Role::root));
    Ceremony first = house.plan({{Role::root, {held_by(TestKey::ed25519(50), "anna")}, {}, std::nullopt}});
    CHECK(starts_from_root(first, base::as_text(house.root())).ok());
    CHECK(starts_from_root(first, std::string(base::as_text(house.root())) + " ").ok()); // its words count
    REQUIRE(sign_by(first, server_root).ok());
    const House before = house;
    house.keep(house.adopt(first).value());
    const Ceremony second = house.plan({});
    CHECK(starts_from_root(second, encode(first)).ok());
    CHECK(starts_from_root(second, base::as_text(before.root())).error().kind == base::ErrorKind::denied);
    CHECK(starts_from_root(before.plan({}), encode(first)).error().kind == base::ErrorKind::denied);
    CHECK_FALSE(starts_from_root(second, "{}").ok());
}

TEST_CASE("numbers that a thief drove to their end are forgotten by the root that takes the key away") {
    for (const Role stolen : {Role::snapshot, Role::timestamp}) {
        CAPTURE(to_string(stolen));
        House house;
        const TestKey next = TestKey::ed25519(60),
                      server_root = TestKey::ed25519(static_cast<int>(Role::root));
        house.here.emplace(id_of(next.public_key()), next);
        // On the server's own store: what it signs last is the last number that there is.
        trust::RepositoryState driven = house.state;
        driven.snapshot.header.version = trust::limits::version - 1;
        driven.timestamp.header.version = trust::limits::version - 1;
        house.keep(
            refresh(driven, Refresh::snapshot_and_timestamp, kStart, kLifetimes, house.sign()).value());
        REQUIRE(house.state.timestamp.header.version == trust::limits::version);
        CHECK_FALSE(refresh(house.state, Refresh::timestamp, kStart, kLifetimes, house.sign()).ok());

        const RoleChange change{stolen, {next.public_key()}, {house.only(stolen)}, std::nullopt};
        Ceremony ceremony = house.plan({change});
        REQUIRE(sign_by(ceremony, server_root).ok());
        const auto issued = house.adopt(ceremony);
        REQUIRE_MESSAGE(issued.ok(), (issued.ok() ? "" : issued.error().text()));
        const auto seconds = static_cast<std::uint64_t>(base::unix_seconds(kStart + kDay));
        CHECK(issued->state.timestamp.header.version == seconds);
        CHECK(issued->state.snapshot.header.version == seconds);

        // A device that saw those numbers follows.
        Simulator mirror;
        mirror.files = house.files;
        mirror.root.header.version = 1;
        TestClient client(mirror);
        REQUIRE(client.refresh(mirror, kStart));
        REQUIRE(client.version("timestamp") == trust::limits::version);
        house.keep(*issued);
        mirror.files = house.files;
        CHECK(client.refresh(mirror, kStart + kDay));
        CHECK(client.version("timestamp") == seconds);
        CHECK(client.version("snapshot") == seconds);
        // And the server issues again.
        CHECK(refresh(house.state, Refresh::timestamp, kStart + kDay, kLifetimes, house.sign()).ok());
    }
}
