// SPDX-License-Identifier: Apache-2.0
#include "sync_world.hpp"

using namespace oakum;
using namespace oakum::feed_sync;
using namespace std::chrono_literals;
using World = test::SyncWorld;
using fleet::test::kTenant;

TEST_CASE("what is offered is listed, and nothing of it is asked before somebody switches it on") {
    World world;
    world.sync.start();
    world.pass(48h);
    const auto all = world.sources.list(world.admin).value();
    CHECK(all.size() == source::offered().size());
    for (const Recorded& one : all) {
        CHECK(one.offered);
        CHECK_FALSE(one.source.enabled);
    }
    CHECK(world.publisher.asked.empty());
    CHECK(world.sync_jobs() == 0);
}

TEST_CASE("a source is set part by part, and its key is sealed and never shown") {
    World world;
    SourcePatch patch;
    patch.enabled = true;
    patch.every = 2h;
    patch.key = "abc-123";
    CHECK(world.set("nvd", patch).ok());
    const Recorded nvd = world.source("nvd");
    CHECK(nvd.source.enabled);
    CHECK(nvd.source.every == 2h);
    CHECK(nvd.source.url == source::find_offered("nvd")->url);
    CHECK(nvd.has_key);
    CHECK(nvd.source.key.empty());
    const std::string stored = world.control.document(kTenant, "source/nvd");
    CHECK(stored.find("abc-123") == std::string::npos);
    CHECK(world.sources.opened(kTenant, "nvd")->source.key == "abc-123");
    const std::vector<ports::AuditRow> audited = world.history.audit(kTenant, 0, 100).value();
    for (const ports::AuditRow& row : audited)
        CHECK((row.before + row.after).find("abc-123") == std::string::npos);
    SourcePatch without;
    without.key = "";
    CHECK_FALSE(world.set("nvd", without)->has_key);
}

TEST_CASE("a source of one's own needs a kind and an address, and can be taken away") {
    World world;
    SourcePatch patch;
    CHECK(world.set("mirror", patch).error().where == "/kind");
    patch.kind = "osv";
    CHECK(world.set("mirror", patch).error().where == "/url");
    patch.url = "http://mirror.example/all.zip";
    CHECK(world.set("mirror", patch).error().where == "/url");
    patch.url = "https://mirror.example/all.zip";
    CHECK(world.set("mirror", patch).ok());
    CHECK_FALSE(world.source("mirror").offered);
    const auto remove = [&](const std::string& name) {
        return world.status([&](auto done) { world.sources.remove(world.admin, name, std::move(done)); });
    };
    CHECK(remove("mirror").ok());
    CHECK(world.sources.get(world.admin, "mirror").error().kind == base::ErrorKind::not_found);
    CHECK(remove("mirror").error().kind == base::ErrorKind::not_found);
    // An offered one is as it was offered.
    patch.url = "https://mirror.example/kev.json";
    patch.kind = "kev";
    CHECK(world.set("kev", patch).ok());
    CHECK(remove("kev").ok());
    CHECK(world.source("kev").source == *source::find_offered("kev"));
}

TEST_CASE("who may not change sources changes none, and tries out none") {
    World world;
    access::Actor viewer = world.admin;
    viewer.role = access::Role::operator_;
    SourcePatch patch;
    patch.enabled = true;
    CHECK(world.result<Recorded>([&](auto done) { world.sources.set(viewer, "kev", patch, std::move(done)); })
              .error()
              .kind == base::ErrorKind::denied);
    CHECK(world.result<Tested>([&](auto done) { world.sync.test(viewer, "kev", std::move(done)); })
              .error()
              .kind == base::ErrorKind::denied);
    CHECK(
        world.status([&](auto done) { world.sources.remove(viewer, "kev", std::move(done)); }).error().kind ==
        base::ErrorKind::denied);
    // An operator may have one synced that is there.
    viewer.role = access::Role::viewer;
    CHECK(world
              .result<std::string>(
                  [&](auto done) { world.sync.sync(viewer, "kev", assessment::Force::no, std::move(done)); })
              .error()
              .kind == base::ErrorKind::denied);
    CHECK(world.publisher.asked.empty());
}
