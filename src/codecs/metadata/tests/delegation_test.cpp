// SPDX-License-Identifier: Apache-2.0
// Delegations: the graphs, path searches and quoting of TUF's conformance suite, and T10 to T12 and T15.
#include "simulator.hpp"

#include <doctest/doctest.h>
#include <trust/limits.hpp>

#include <functional>

using namespace oakum;
using namespace oakum::metadata;
using namespace oakum::metadata::testing;
using trust::Cause;

namespace {

struct Edge {
    std::string from, to;
    bool terminating = false;
    std::vector<std::string> globs = {"*"};
};

// Every delegator names the same key for a role, unless `key` says otherwise.
void delegate(Simulator& repo, const Edge& edge, const TestKey& key) {
    const trust::KeyId id = key_id(key.public_key()).value();
    auto& delegations = repo.targets[edge.from].delegations;
    if (!delegations) delegations.emplace(trust::Delegations{{}, std::vector<trust::DelegatedRole>{}, {}});
    delegations->keys.insert_or_assign(id, key.public_key());
    std::get<std::vector<trust::DelegatedRole>>(delegations->roles)
        .push_back({edge.to, {{id}, 1, {}}, edge.terminating, trust::PathPatterns{edge.globs}});
    if (!repo.targets.contains(edge.to)) {
        repo.targets[edge.to].header.expires = kStart + 30 * kDay;
        repo.signers[edge.to] = {key};
    }
}

Simulator graph(const std::vector<Edge>& edges) {
    Simulator repo;
    for (const Edge& edge : edges)
        delegate(repo, edge, TestKey::ed25519(static_cast<int>(base::sha256(edge.to).bytes[0]) + 1000));
    repo.update_snapshot();
    return repo;
}

// The delegated roles asked for, in order: "A C D B".
std::string visited(const Simulator& repo) {
    std::string out;
    for (std::size_t i = 4; i < repo.requests.size(); ++i) {
        const std::string& name = repo.requests[i];
        out += (i > 4 ? " " : "") + name.substr(2, name.size() - 7);
    }
    return out;
}

} // namespace

TEST_CASE("roles are asked depth first, in the order of their delegators") {
    struct Row {
        const char* name;
        std::vector<Edge> edges;
        const char* order;
    };
    const Row rows[] = {
        {"one", {{"targets", "A"}}, "A"},
        {"one level", {{"targets", "A"}, {"targets", "B"}}, "A B"},
        {"two levels", {{"targets", "A"}, {"targets", "B"}, {"B", "C"}}, "A B C"},
        {"two levels, depth first", {{"targets", "A"}, {"targets", "B"}, {"A", "C"}, {"A", "D"}}, "A C D B"},
        {"three levels", {{"targets", "A"}, {"targets", "B"}, {"A", "C"}, {"C", "D"}}, "A C D B"},
        {"terminating ends its siblings",
         {{"targets", "A"}, {"targets", "B"}, {"A", "C", true}, {"A", "D"}},
         "A C"},
        {"terminating keeps its own",
         {{"targets", "A"}, {"targets", "B"}, {"A", "C", true}, {"C", "D"}},
         "A C D"},
        {"paths that do not match", {{"targets", "A", false, {"*.py"}}, {"targets", "B"}, {"A", "C"}}, "B"},
        {"paths that do not match below",
         {{"targets", "A"}, {"targets", "B"}, {"A", "C", false, {"*.py"}}, {"C", "D"}},
         "A B"},
        {"a cycle", {{"targets", "A"}, {"targets", "B"}, {"B", "C"}, {"C", "D"}, {"D", "B"}}, "A B C D"},
        {"a diamond", {{"targets", "A"}, {"targets", "B"}, {"B", "C"}, {"A", "C"}}, "A C B"},
        {"a diamond by paths",
         {{"targets", "A"}, {"targets", "B"}, {"B", "C"}, {"A", "C", false, {"*.py"}}},
         "A B C"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Simulator repo = graph(row.edges);
        TestClient client(repo);
        CHECK_FALSE(client.look_up(repo, "missingpath"));
        CHECK_FALSE(client.failure);
        CHECK(visited(repo) == row.order);
    }
}

TEST_CASE("a target is found by the first role that may speak of it and lists it") {
    Simulator repo = graph({{"targets", "A", false, {"*.doc", "*.md"}},
                            {"targets", "B", false, {"releases/*/*"}},
                            {"B", "C", false, {"releases/x/*"}},
                            {"B", "D", false, {"releases/y/*.zip"}}});
    repo.add_target("targets", "targetfile", "1");
    repo.add_target("A", "README.md", "2");
    repo.add_target("C", "releases/x/x_v1", "3");
    repo.add_target("D", "releases/y/y_v1.zip", "4");
    repo.add_target("D", "releases/z/z_v1.zip", "5");
    for (auto& [role, document] : repo.targets)
        ++document.header.version;
    repo.update_snapshot();
    struct Row {
        const char* path;
        const char* role; // nullptr: not found
        const char* order;
    };
    const Row rows[] = {{"targetfile", "targets", ""},
                        {"README.md", "A", "A"},
                        {"releases/x/x_v1", "C", "B C"},
                        {"releases/y/y_v1.zip", "D", "B D"},
                        {"releases/y/y_v1.ZIP", nullptr, "B"},
                        {"releases/z/z_v1.zip", nullptr, "B"}}; // B does not delegate it to D
    for (const Row& row : rows) {
        CAPTURE(row.path);
        repo.requests.clear();
        TestClient client(repo);
        const auto found = client.look_up(repo, row.path);
        CHECK(found.has_value() == (row.role != nullptr));
        if (found && row.role != nullptr) CHECK(found->role == row.role);
        CHECK(visited(repo) == row.order);
    }
}

TEST_CASE("role names are one file and one URL segment") {
    for (const std::string name : {"?", "#", "/delegatedrole", "../delegatedrole", "a b", "%2e"}) {
        CAPTURE(name);
        Simulator repo = graph({{"targets", name}});
        TestClient client(repo);
        CHECK_FALSE(client.look_up(repo, "x"));
        CHECK(repo.requests.back() == trust::served_name(name, 1));
        CHECK(client.version(name) == 1);
        for (const auto& [file, bytes] : client.folder)
            CHECK(file.find('/') == std::string::npos);
    }
}

TEST_CASE("delegated roles are cached and used again") {
    Simulator repo = graph({{"targets", "A"}});
    repo.add_target("A", "x", "1");
    ++repo.targets["A"].header.version;
    repo.update_snapshot();
    TestClient client(repo);
    REQUIRE(client.look_up(repo, "x"));
    repo.requests.clear();
    CHECK(client.look_up(repo, "x"));
    CHECK(visited(repo).empty());
}

// T10
TEST_CASE("a delegated role is held to signature, version, expiry, length and hash like every other") {
    const auto attempt = [](const std::function<void(Simulator&)>& change, bool hashes = false) {
        Simulator repo = graph({{"targets", "A"}});
        repo.with_hashes = hashes;
        repo.add_target("A", "x", "1");
        ++repo.targets["A"].header.version;
        repo.update_snapshot();
        TestClient client(repo);
        change(repo);
        const auto found = client.look_up(repo, "x");
        CHECK(client.version("A") == (found ? 2 : 0));
        return found ? std::string("found")
                     : std::string(client.failure ? to_string(client.failure->cause) : "none");
    };
    CHECK(attempt([](Simulator&) {}) == "found");
    CHECK(attempt([](Simulator& r) {
              r.signers["A"] = {TestKey::ed25519(9)};
              r.put("A");
          }) == "untrusted");
    CHECK(attempt([](Simulator& r) {
              r.signers["A"].clear();
              r.put("A");
          }) == "untrusted");
    CHECK(attempt([](Simulator& r) {
              r.targets["A"].header.version = 1;
              r.files["2.A.json"] = r.signed_bytes("A");
          }) == "untrusted");
    CHECK(attempt([](Simulator& r) {
              r.targets["A"].header.expires = kStart - kDay;
              r.put("A");
          }) == "expired");
    CHECK(attempt(
              [](Simulator& r) {
                  r.targets["A"].header.unknown["x"] = "1";
                  r.put("A");
              },
              true) == "malformed"); // too long
    CHECK(attempt([](Simulator& r) { r.files["2.A.json"].back() = ' '; }, true) == "untrusted");
    CHECK(attempt([](Simulator& r) { r.files.erase("2.A.json"); }) == "missing");
    CHECK(attempt([](Simulator& r) {
              r.snapshot.roles.erase("A");
              ++r.snapshot.header.version;
              r.put("snapshot");
              r.update_timestamp();
          }) == "untrusted");
}

// T15
TEST_CASE("a role cached on one delegator's word is verified again for another") {
    Simulator repo;
    delegate(repo, {"targets", "A", false, {"a/*"}}, TestKey::ed25519(1));
    delegate(repo, {"targets", "B", false, {"b/*"}}, TestKey::ed25519(2));
    delegate(repo, {"A", "C", false, {"a/*"}}, TestKey::ed25519(3));
    delegate(repo, {"B", "C", false, {"b/*"}}, TestKey::ed25519(4)); // B trusts another key for C
    repo.add_target("C", "a/x", "1");
    repo.add_target("C", "b/x", "1");
    repo.update_snapshot();
    TestClient client(repo);
    CHECK(client.look_up(repo, "a/x"));
    CHECK_FALSE(client.look_up(repo, "b/x")); // from the folder
    CHECK(client.failed_with(Cause::untrusted));

    trust::Client machine(client.folder, kStart, client.reader); // and within one client
    CHECK(std::holds_alternative<trust::Found>(client.drive(machine, machine.look_up("a/x"), repo).next));
    CHECK(std::holds_alternative<trust::Failed>(client.drive(machine, machine.look_up("b/x"), repo).next));
}

TEST_CASE("a new delegator's key replaces the old one's word") {
    Simulator repo = graph({{"targets", "A"}});
    repo.add_target("A", "x", "1");
    repo.put("A");
    repo.update_snapshot();
    TestClient client(repo);
    REQUIRE(client.look_up(repo, "x"));
    repo.targets["targets"].delegations.reset();
    delegate(repo, {"targets", "A"}, TestKey::ed25519(5));
    ++repo.targets["targets"].header.version;
    repo.update_snapshot(); // A itself is as it was, signed by the key that lost its office
    CHECK_FALSE(client.look_up(repo, "x"));
    CHECK(client.failed_with(Cause::untrusted));
}

TEST_CASE("a search visits no more roles than the limit and goes no deeper") {
    std::vector<Edge> wide, deep;
    for (int i = 0; i < 60; ++i)
        wide.push_back({"targets", "R" + std::to_string(100 + i)});
    Simulator repo = graph(wide);
    TestClient client(repo);
    CHECK_FALSE(client.look_up(repo, "x"));
    CHECK(repo.requests.size() == 4 + trust::limits::visited_roles - 1);
    for (int i = 0; i < 20; ++i)
        deep.push_back({i == 0 ? "targets" : "D" + std::to_string(i - 1), "D" + std::to_string(i)});
    Simulator chain = graph(deep);
    TestClient other(chain);
    CHECK_FALSE(other.look_up(chain, "x"));
    CHECK(chain.requests.size() == 4 + trust::limits::delegation_depth);
}

TEST_CASE("succinct roles are searched by the path's hash") {
    Simulator repo;
    const TestKey key = TestKey::ed25519(8);
    const trust::KeyId id = key_id(key.public_key()).value();
    repo.targets["targets"].delegations.emplace(
        trust::Delegations{{{id, key.public_key()}}, trust::SuccinctRoles{{{id}, 1, {}}, 4, "bin"}, {}});
    for (int bin = 0; bin < 16; ++bin) {
        const std::string role = std::string("bin-") + "0123456789abcdef"[bin];
        repo.targets[role].header.expires = kStart + kDay;
        repo.signers[role] = {key};
    }
    const std::string role = std::string("bin-") + base::sha256("some/file").hex()[0];
    repo.add_target(role, "some/file", "1");
    repo.update_snapshot();
    TestClient client(repo);
    const auto found = client.look_up(repo, "some/file");
    REQUIRE(found);
    CHECK(found->role == role);
    CHECK(repo.requests.size() == 5);
}
