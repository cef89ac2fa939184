// SPDX-License-Identifier: Apache-2.0
#include "keys.hpp"

#include <doctest/doctest.h>
#include <trust/limits.hpp>
#include <trust/repository.hpp>

using namespace oakum;
using namespace oakum::trust;
using testing::TestKey;

namespace {

const base::TimePoint kNow = base::parse_time("2026-11-22T16:00:00Z").value();

RepositoryState state() {
    RepositoryState s;
    s.targets["targets"].header.version = 5;
    for (Header* header :
         {&s.root.header, &s.snapshot.header, &s.timestamp.header, &s.targets["targets"].header})
        header->expires = kNow + 1000 * day;
    return s;
}

TargetFile file() {
    TargetFile f;
    f.length = 3;
    f.hashes.sha256 = base::sha256("abc");
    return f;
}

} // namespace

TEST_CASE("numbers are the clock's seconds, or one more than the stored when the clock is behind") {
    CHECK(next_version(0, kNow).value() == static_cast<std::uint64_t>(base::unix_seconds(kNow)));
    CHECK(next_version(9'000'000'000, kNow).value() == 9'000'000'001);
    CHECK(next_version(0, base::from_unix_ms(0)).value() == 1);
    CHECK(next_version(7, base::from_unix_ms(-5000)).value() == 8);
    CHECK(next_version(limits::version - 1, kNow).value() == limits::version);
    CHECK(next_version(limits::version, kNow).error().kind == base::ErrorKind::conflict);
}

TEST_CASE("targets are added, replaced and removed under a new version and expiry") {
    const Targets next =
        draft_targets(state(), {"targets", {{"a/b", file()}, {"c", file()}}, {}}, kNow, {}).value();
    CHECK(next.files.size() == 2);
    CHECK(next.header.version == static_cast<std::uint64_t>(base::unix_seconds(kNow)));
    CHECK(next.header.expires == kNow + 90 * day);
    RepositoryState after = state();
    after.targets["targets"] = next;
    CHECK(draft_targets(after, {"targets", {}, {"c"}}, kNow, {}).value().files.size() == 1);
    CHECK(draft_targets(after, {"targets", {}, {"d"}}, kNow, {}).error().kind == base::ErrorKind::not_found);
    CHECK(draft_targets(after, {"nobody", {}, {}}, kNow, {}).error().kind == base::ErrorKind::not_found);
}

TEST_CASE("a target that clients would refuse is not drafted") {
    CHECK_FALSE(draft_targets(state(), {"targets", {{"../a", file()}}, {}}, kNow, {}).ok());
    TargetFile bare = file();
    bare.hashes.sha256.reset();
    CHECK_FALSE(draft_targets(state(), {"targets", {{"a", bare}}, {}}, kNow, {}).ok());
    TargetFile wrong = file();
    wrong.terms.emplace();
    CHECK_FALSE(draft_targets(state(), {"targets", {{"a", wrong}}, {}}, kNow, {}).ok());
}

TEST_CASE("a root that could never be satisfied is not drafted") {
    Root root;
    const TestKey key = TestKey::ed25519(1);
    root.keys.insert_or_assign(key.id(), key.public_key());
    for (const Role role : kRoles)
        root.signers(role).keys = {key.id()};
    Root present;
    present.header.version = 4;
    const Root next = draft_root(present, root, kNow, {}).value();
    CHECK(next.header.version == 5); // root alone counts by one
    CHECK(next.header.expires == kNow + 365 * day);
    Root broken = root;
    broken.signers(Role::snapshot).threshold = 2;
    CHECK_FALSE(draft_root(present, broken, kNow, {}).ok());
    broken = root;
    broken.keys[key.id()].verifier.reset();
    CHECK_FALSE(draft_root(present, broken, kNow, {}).ok());
    broken = root;
    broken.consistent_snapshot = false;
    CHECK_FALSE(draft_root(present, broken, kNow, {}).ok());
}

TEST_CASE("online roles are due at half of their life, people are told at a quarter") {
    RepositoryState s = state();
    const Lifetimes lives;
    CHECK(due(s, kNow, lives) == Due{});
    s.timestamp.header.expires = kNow + lives.timestamp / 2;
    CHECK(due(s, kNow, lives) == Due{.timestamp = true});
    s.snapshot.header.expires = kNow - day;
    s.targets["targets"].header.expires = kNow + 20 * day;
    s.root.header.expires = kNow + 91 * day;
    CHECK(due(s, kNow, lives) == Due{true, true, true, true});
}
