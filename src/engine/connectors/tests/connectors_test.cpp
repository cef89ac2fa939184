// SPDX-License-Identifier: Apache-2.0
#include "sync_world.hpp"

using namespace oakum;
using namespace oakum::connectors;
using Site = test::SyncWorld;
using base::ErrorKind;

TEST_CASE("a connector is kept with its secret sealed, and shown without it") {
    Site world;
    const auto made = world.set("hq", Site::fresh());
    REQUIRE_MESSAGE(made.ok(), made.error().text());
    CHECK(made->connector.secret.empty());
    CHECK(made->connector.url == "https://graph.microsoft.com");
    CHECK_FALSE(made->connector.enabled);
    CHECK(world.connectors.list(world.admin)->size() == 1);
    CHECK(world.connectors.opened(test::kTenant, "hq")->connector.secret == "s3cret");
    for (const auto& [place, row] : world.journal.stored) {
        const auto* document = std::get_if<ports::DocumentRow>(&row);
        const auto* audit = std::get_if<ports::AuditRow>(&row);
        if (document != nullptr) CHECK(document->body.find("s3cret") == std::string::npos);
        if (audit != nullptr) CHECK((audit->before + audit->after).find("s3cret") == std::string::npos);
    }
}

TEST_CASE("what is wrong is said with its place, and nothing is kept of it") {
    Site world;
    const auto place = [&](ConnectorPatch patch) {
        const auto done = world.set("hq", std::move(patch));
        return done.ok() ? std::string() : done.error().where;
    };
    ConnectorPatch patch = Site::fresh();
    patch.kind.reset();
    CHECK(place(patch) == "/kind");
    patch = Site::fresh();
    patch.secret.reset();
    CHECK(place(patch) == "/secret");
    patch = Site::fresh();
    patch.account = "a b";
    CHECK(place(patch) == "/account");
    patch = Site::fresh();
    patch.url = "http://graph.example";
    CHECK(place(patch) == "/url");
    CHECK(world.connectors.list(world.admin)->empty());
}

TEST_CASE("a secret goes to another server only when it is given anew") {
    Site world;
    REQUIRE(world.set("hq", Site::fresh()).ok());
    ConnectorPatch elsewhere;
    elsewhere.sign_in = "https://login.evil.example";
    const auto refused = world.set("hq", elsewhere);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().where == "/secret");
    elsewhere.secret = "another";
    CHECK(world.set("hq", elsewhere).ok());
}

TEST_CASE("only administrators change connectors, and operators may sync them") {
    Site world;
    REQUIRE(world.set("hq", Site::fresh()).ok());
    world.admin.role = access::Role::operator_;
    CHECK(world.set("hq", Site::fresh()).error().kind == ErrorKind::denied);
    CHECK(world.status([&](auto done) { world.connectors.remove(world.admin, "hq", done); }).error().kind ==
          ErrorKind::denied);
    CHECK(world.sync_now("hq").starts_with("done"));
    world.admin.role = access::Role::viewer;
    CHECK(world.sync_now("hq").starts_with("refused"));
    CHECK(world.connectors.list(world.admin)->size() == 1);
}

TEST_CASE("one that is removed is gone with its secret, and its devices stay") {
    Site world;
    REQUIRE(world.set("hq", Site::fresh()).ok());
    world.script.pages[""].devices = {test::phone("a")};
    CHECK(world.sync_now("hq").starts_with("done"));
    REQUIRE(world.status([&](auto done) { world.connectors.remove(world.admin, "hq", done); }).ok());
    CHECK(world.connectors.list(world.admin)->empty());
    CHECK(world.connectors.opened(test::kTenant, "hq").error().kind == ErrorKind::not_found);
    CHECK(world.count("lifecycle = active") == 1);
}

TEST_CASE("documents of a connector and of its state say the same when they are read back") {
    connector::Connector one;
    one.name = "hq";
    one.url = "https://a";
    one.sign_in = "https://b";
    one.account = "t";
    one.client = "c";
    one.secret = "sealed";
    one.enabled = one.apps = true;
    CHECK(connector_of("hq", to_document(one)).value() == one);
    ConnectorState state;
    state.tried = base::from_unix_ms(1'000);
    state.failures = 3;
    state.error = "why";
    state.refused = true;
    state.figures = {.devices = 5, .created = 1, .changed = 2, .unchanged = 2, .gone = 1, .pages = 2};
    state.missing["d"] = {2, base::from_unix_ms(2'000)};
    CHECK(state_of(to_document(state)).value() == state);
    CHECK(state_of("").value() == ConnectorState{});
    CHECK_FALSE(state_of("{}").ok());
}
