// SPDX-License-Identifier: Apache-2.0
// What a device trusts when it is enrolled, for the first time and again.
#include "../../src/domain/trust/tests/keys.hpp"

#include <first_root.hpp>
#include <metadata/ceremony.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::agent;
using trust::Role;
using trust::testing::TestKey;

namespace {

const base::TimePoint kNow = base::parse_time("2026-11-26T12:00:00Z").value();

// A server's roots: each signed by the one before.
struct Chain {
    TestKey key;
    std::string targets;
    std::vector<std::string> roots;

    explicit Chain(int number, int length = 1) : key(TestKey::ed25519(number)) {
        const trust::KeyId id = metadata::key_id(key.public_key()).value();
        const auto sign = [&](const std::string&, const trust::KeyId&, base::ByteView message) {
            return base::Result<base::Bytes>(key.sign(message));
        };
        trust::Root root;
        root.keys.emplace(id, key.public_key());
        for (const Role role : trust::kRoles)
            root.signers(role).keys.push_back(id);
        auto issue = metadata::create(root, kNow, {}, sign).value();
        roots.emplace_back(base::as_text(issue.files[0].bytes));
        while (static_cast<int>(roots.size()) < length) {
            issue = metadata::rotate_root(issue.state, issue.state.root, kNow, {}, sign).value();
            roots.emplace_back(base::as_text(issue.files[0].bytes));
        }
    }
};

base::Result<FirstRoot> asked(const std::optional<std::string>& kept, const std::string& served,
                              RootFrom from = RootFrom::here, const std::string& pinned = "") {
    return first_root(from, kept, served, pinned, kNow);
}

} // namespace

TEST_CASE("a device that has no root of trust believes the server that enrolled it") {
    const Chain ours(1);
    const auto first = asked(std::nullopt, ours.roots[0]);
    REQUIRE(first.ok());
    CHECK(first->text == ours.roots[0]);
    CHECK(first->anew);
    CHECK_FALSE(asked(std::nullopt, "{}").ok());
}

TEST_CASE("a device that is enrolled again keeps its root, whatever the server sends") {
    const Chain ours(1, 4), thief(2, 4);
    const std::string& kept = ours.roots[1];
    for (const std::string& served : ours.roots) { // older, the same, the next, later ones
        const auto again = asked(kept, served);
        REQUIRE(again.ok());
        CHECK(again->text == kept);
        CHECK_FALSE(again->anew);
        CHECK(again->note.empty() == (served == ours.roots[1] || served == ours.roots[2]));
    }
    // Of the same version, or the next: it does not come from ours.
    for (const int version : {1, 2}) {
        const auto refused = asked(kept, thief.roots[static_cast<std::size_t>(version)]);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().kind == base::ErrorKind::denied);
        CHECK(refused.error().message.find("--root server") != std::string::npos);
    }
    // Much later, or older, which one document cannot tell: kept all the same.
    for (const int version : {0, 3})
        CHECK(asked(kept, thief.roots[static_cast<std::size_t>(version)])->text == kept);
}

TEST_CASE("a root of trust that cannot be read is not replaced by the server's word alone") {
    const Chain ours(1);
    const auto damaged = asked("{\"torn", ours.roots[0]);
    REQUIRE_FALSE(damaged.ok());
    CHECK(damaged.error().kind == base::ErrorKind::corrupt);
    CHECK(asked("{\"torn", ours.roots[0], RootFrom::server)->anew);
}

TEST_CASE("a person at the device may pin a root, or give the device into other hands") {
    const Chain ours(1, 2), other(2);
    const auto pinned = asked(ours.roots[0], other.roots[0], RootFrom::file, ours.roots[1]);
    CHECK(pinned->text == ours.roots[1]);
    CHECK(pinned->anew);
    CHECK_FALSE(asked(ours.roots[0], other.roots[0], RootFrom::file, ours.roots[0])->anew);
    CHECK_FALSE(asked(std::nullopt, other.roots[0], RootFrom::file, "{}").ok());
    const auto moved = asked(ours.roots[0], other.roots[0], RootFrom::server);
    CHECK(moved->text == other.roots[0]);
    CHECK(moved->anew);
    CHECK_FALSE(moved->note.empty());
}
