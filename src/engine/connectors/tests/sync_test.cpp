// SPDX-License-Identifier: Apache-2.0
#include "sync_world.hpp"

using namespace oakum;
using namespace oakum::connectors;
using namespace std::chrono_literals;
using Site = test::SyncWorld;
using test::phone;

namespace {

// `count` phones on pages of `each`, from `first` on.
void phones(Site& world, int count, int each = 100, int first = 0) {
    world.script.pages.clear();
    std::string cursor;
    for (int i = 0; i < count; i += each) {
        connector::DevicePage& page = world.script.pages[cursor];
        for (int k = i; k < std::min(i + each, count); ++k)
            page.devices.push_back(phone(std::to_string(first + k)));
        cursor = "page " + std::to_string(i + each);
        if (i + each < count) page.next = cursor;
    }
}

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a sweep brings every page into the inventory, and the same once more changes nothing") {
    Site world;
    REQUIRE(world.set("hq", Site::fresh()).ok());
    phones(world, 250);
    CHECK(world.sync_now("hq") ==
          "done: 250 devices of Microsoft Intune (hq): 250 new, 0 changed, 0 unchanged");
    CHECK(world.opened.secret == "s3cret");
    CHECK(world.count("x.connector = hq") == 250);
    CHECK(world.count("protocol = intune and os_version = 26.3") == 250);
    const std::size_t rows = world.journal.stored.size();
    CHECK(world.sync_now("hq") ==
          "done: 250 devices of Microsoft Intune (hq): 0 new, 0 changed, 250 unchanged");
    // Beside the job and its audit record.
    CHECK(world.journal.stored.size() < rows + 20);
    const ConnectorState state = world.connector("hq").state;
    CHECK(state.synced);
    CHECK(state.figures.unchanged == 250);
    CHECK(state.figures.pages == 3);
}

TEST_CASE("one that is switched on syncs by itself, each time that it is due") {
    Site world;
    world.sync.start();
    ConnectorPatch patch = Site::fresh();
    patch.enabled = true;
    phones(world, 1);
    REQUIRE(world.set("hq", patch).ok());
    world.pass(30s);
    CHECK(world.script.asked.size() == 1);
    world.pass(70min);
    CHECK(world.script.asked.size() == 2);
    patch = {};
    patch.enabled = false;
    REQUIRE(world.set("hq", patch).ok());
    world.pass(24h);
    CHECK(world.script.asked.size() == 2);
}

TEST_CASE("one that fails is left alone for growing times, and not before it asked for") {
    Site world;
    world.sync.start();
    ConnectorPatch patch = Site::fresh();
    patch.enabled = true;
    world.script.errors[""] = std::vector<base::Error>(100, base::unavailable("nobody answers"));
    REQUIRE(world.set("hq", patch).ok());
    world.pass(60s);
    CHECK(world.script.asked.size() == 1);
    ConnectorState state = world.connector("hq").state;
    CHECK(state.error == "nobody answers");
    CHECK_FALSE(state.refused);
    CHECK(state.failing);
    world.pass(30min);
    const std::size_t soon = world.script.asked.size();
    CHECK(soon >= 3);
    CHECK(soon <= 6);
    world.script.retry_after = 3h;
    world.pass(1h);
    const std::size_t before = world.script.asked.size();
    world.pass(2h);
    CHECK(world.script.asked.size() <= before + 1);
    // It comes back.
    world.script.errors.clear();
    world.script.retry_after.reset();
    world.pass(7h);
    CHECK(world.connector("hq").state.error.empty());
    CHECK_FALSE(world.connector("hq").state.failing);
}

TEST_CASE("credentials that are refused are for a person to look at") {
    Site world;
    REQUIRE(world.set("hq", Site::fresh()).ok());
    world.script.errors[""] = {base::unauthenticated("it refuses the credentials")};
    CHECK(world.sync_now("hq") == "failed: it refuses the credentials");
    CHECK(world.connector("hq").state.refused);
    CHECK(world.sync_now("hq").starts_with("done"));
    CHECK_FALSE(world.connector("hq").state.refused);
}

TEST_CASE("a sweep that ends in the middle keeps what it brought and retires nobody") {
    Site world;
    REQUIRE(world.set("hq", Site::fresh()).ok());
    phones(world, 250);
    REQUIRE(world.sync_now("hq").starts_with("done"));
    world.script.pages[""].devices[0].facts["os_version"] = "26.4";
    for (int i = 0; i < 5; ++i) {
        world.script.errors["page 100"] = {base::unavailable("it fell silent")};
        const std::string ended = world.sync_now("hq");
        CHECK(says(ended, "it fell silent; until then: 100 devices"));
    }
    CHECK(world.count("os_version = 26.4") == 1);
    CHECK(world.count("lifecycle = active") == 250);
    CHECK(world.connector("hq").state.missing.empty());
}

TEST_CASE("pages that lead to each other end the sweep") {
    Site world;
    REQUIRE(world.set("hq", Site::fresh()).ok());
    phones(world, 200);
    world.script.pages["page 100"].next = "page 100";
    CHECK(says(world.sync_now("hq"), "its pages repeat: page 2 leads to one that was read before"));
    CHECK(world.script.asked.size() == 2);
    world.script.pages["page 100"].next = "page 200";
    world.script.pages["page 200"].next = "page 100";
    CHECK(says(world.sync_now("hq"), "its pages repeat"));
    CHECK(world.connector("hq").state.refused);
    CHECK(world.count("lifecycle = active") == 200);
}

TEST_CASE("pages that never end are left, whatever they call themselves") {
    Site world;
    REQUIRE(world.set("hq", Site::fresh()).ok());
    struct Endless final : ports::ManagementSystem {
        int asked = 0;
        base::Result<connector::DevicePage> devices(const std::string&) override {
            connector::DevicePage page;
            page.next = "another " + std::to_string(++asked);
            return page;
        }
        base::Result<ports::AppPage> apps(const std::string&) override { return ports::AppPage{}; }
        base::Result<std::string> try_out() override { return std::string(); }
        std::optional<base::Duration> retry_after() const override { return std::nullopt; }
    };
    Connectors connectors{world.core, world.seals, connector::Plain::refused};
    shard::Jobs jobs{world.writer, world.control, world.executor, world.clock, world.ids, world.log};
    Sync endless{world.core,
                 connectors,
                 jobs,
                 {world.nobody, world.dice, world.executor, world.executor, world.executor,
                  [](base::Duration, const std::function<bool()>&) {},
                  [](const connector::Connector&,
                     connectors::World) -> base::Result<std::unique_ptr<ports::ManagementSystem>> {
                      return std::unique_ptr<ports::ManagementSystem>(std::make_unique<Endless>());
                  }},
                 world.log};
    endless.register_jobs();
    const auto id = world.result<std::string>(
        [&](auto done) { endless.sync(world.admin, "hq", connector::Trust::normal, std::move(done)); });
    world.settle();
    CHECK(says(world.end_of(*id), "its pages do not end: 20000 pages"));
}

TEST_CASE("a device is retired after three full sweeps that did not name it, and comes back when one does") {
    Site world;
    REQUIRE(world.set("hq", Site::fresh()).ok());
    phones(world, 50);
    REQUIRE(world.sync_now("hq").starts_with("done"));
    phones(world, 49, 100, 1);
    CHECK(world.sync_now("hq").starts_with("done"));
    CHECK(world.sync_now("hq").starts_with("done"));
    CHECK(world.count("lifecycle = active") == 50);
    CHECK(world.connector("hq").state.missing.size() == 1);
    CHECK(says(world.sync_now("hq"), "1 gone"));
    CHECK(world.count("lifecycle = active") == 49);
    CHECK(world.count("lifecycle = retired and exists(x.connector_gone)") == 1);
    phones(world, 50);
    CHECK(says(world.sync_now("hq"), "0 new, 1 changed"));
    CHECK(world.count("lifecycle = active") == 50);
    CHECK(world.count("exists(x.connector_gone)") == 0);
}

TEST_CASE("a sweep that lost many devices retires nobody until a person says so") {
    Site world;
    REQUIRE(world.set("hq", Site::fresh()).ok());
    phones(world, 100);
    REQUIRE(world.sync_now("hq").starts_with("done"));
    phones(world, 40);
    for (int i = 0; i < 4; ++i)
        CHECK(says(world.sync_now("hq"), "left out more than a tenth"));
    CHECK(world.count("lifecycle = active") == 100);
    CHECK(world.connector("hq").state.refused);
    for (int i = 0; i < 3; ++i)
        CHECK(world.sync_now("hq", connector::Trust::forced).starts_with("done"));
    CHECK(world.count("lifecycle = active") == 40);
}

TEST_CASE("what a person retired here stays retired") {
    Site world;
    REQUIRE(world.set("hq", Site::fresh()).ok());
    phones(world, 1);
    REQUIRE(world.sync_now("hq").starts_with("done"));
    const auto id = world.live.by_serial(test::kTenant, "S0");
    REQUIRE(id);
    REQUIRE(world.status([&](auto done) { world.registry.retire(world.admin, *id, "lost", done); }).ok());
    CHECK(says(world.sync_now("hq"), "1 that stay retired here"));
    CHECK(world.count("lifecycle = retired") == 1);
}

TEST_CASE("a sweep that was interrupted goes on where it was, and retires nobody") {
    Site world;
    REQUIRE(world.set("hq", Site::fresh()).ok());
    phones(world, 250);
    REQUIRE(world.sync_now("hq").starts_with("done"));
    // As a restart finds it: the payload of the last step that was stored.
    std::string id;
    phones(world, 200, 100);
    world.jobs.enqueue(test::kTenant, "connector sync", "syncing",
                       R"({"connector":"hq","force":false,"cursor":"page 100","pages":1,"devices":100})",
                       {"oakumd", "connector.sync", "connector hq", "", "", ""},
                       [&id](base::Result<std::string> given) { id = given.value(); });
    world.script.asked.clear();
    world.settle();
    CHECK(says(world.end_of(id), "done: 200 devices"));
    CHECK(world.script.asked == std::vector<std::string>{"page 100"});
    CHECK(world.connector("hq").state.missing.empty());
    // A link that does not last: from the beginning.
    world.script.errors["page 100"] = {base::invalid("it refuses (status 400): the token has expired")};
    world.jobs.enqueue(test::kTenant, "connector sync", "syncing",
                       R"({"connector":"hq","force":false,"cursor":"page 100","pages":1,"devices":100})",
                       {"oakumd", "connector.sync", "connector hq", "", "", ""},
                       [&id](base::Result<std::string> given) { id = given.value(); });
    world.script.asked.clear();
    world.settle();
    CHECK(says(world.end_of(id), "failed: it named 200 devices")); // 50 of 250 are left out: a full sweep
    CHECK(world.script.asked == std::vector<std::string>{"page 100", "", "page 100"});
}

TEST_CASE("apps come as components of company devices, where they are wanted") {
    Site world;
    ConnectorPatch patch = Site::fresh();
    REQUIRE(world.set("hq", patch).ok());
    world.script.pages[""].devices = {phone("a"), phone("b", {{"x.ownership", "personal"}})};
    component::Component app;
    app.kind = component::Kind::application;
    app.name = "Outlook";
    app.version = "4.2";
    world.script.apps[""].apps = {{app, {"a", "b", "nobody"}}};
    REQUIRE(world.sync_now("hq").starts_with("done"));
    CHECK(world.script.asked == std::vector<std::string>{""});
    patch = {};
    patch.apps = true;
    REQUIRE(world.set("hq", patch).ok());
    REQUIRE(world.sync_now("hq").starts_with("done"));
    const auto row = world.row(*world.live.by_serial(test::kTenant, "Sa"));
    const auto components = world.software.components(test::kTenant, row.delta_set);
    REQUIRE(components.ok());
    CHECK(*components == std::vector<component::Component>{app});
    CHECK(world.row(*world.live.by_serial(test::kTenant, "Sb")).delta_set == device::SetId());
}

TEST_CASE("trying out says what answered, and two syncs of one connector are one") {
    Site world;
    REQUIRE(world.set("hq", Site::fresh()).ok());
    const auto tried =
        world.result<Tested>([&](auto done) { world.sync.test(world.admin, "hq", std::move(done)); });
    REQUIRE(tried.ok());
    CHECK(tried->reached);
    CHECK(tried->sentence == "it answers");
    ports::JobRow running;
    running.id = "j1";
    running.kind = "connector sync";
    running.state = "running";
    running.payload = R"({"connector":"hq"})";
    world.put(running);
    CHECK(world.connector("hq").job == "j1");
    CHECK(world.sync_now("hq") == "refused: the connector hq is being synced: job j1");
    running.ended = world.clock.now();
    world.put(running);
    CHECK(world.sync_now("hq").starts_with("done"));
}
