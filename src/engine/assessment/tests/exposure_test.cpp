// SPDX-License-Identifier: Apache-2.0
#include "../../fleet/tests/house.hpp"

#include <advisory/compiler.hpp>
#include <assessment/exposure.hpp>
#include <risk/cvss.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::assessment;
using fleet::test::kTenant;

namespace {

struct Held final : ports::CompiledAdvisories {
    base::Bytes held;
    base::ByteView bytes() const override { return held; }
};

component::Component package(const std::string& name, const std::string& version) {
    component::Component component;
    component.name = name;
    component.version = version;
    component.cpe = "cpe:2.3:a:acme:" + name + ":" + version + ":*:*:*:*:*:*:*";
    return component;
}

// One advisory: acme's product before 2.0, perhaps only where it runs on something.
advisory::Record record(const std::string& id, const std::string& product,
                        const std::string& running_on = {}) {
    advisory::Record record;
    record.id = id;
    record.cvss.push_back({"nvd@nist.gov", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8});
    advisory::CpeConfiguration configuration;
    advisory::CpeNode node;
    advisory::CpeMatch match;
    match.criteria = "cpe:2.3:a:acme:" + product + ":*:*:*:*:*:*:*:*";
    match.end_excluding = "2.0";
    node.matches.push_back(match);
    configuration.nodes.push_back(node);
    if (!running_on.empty()) {
        configuration.all = true;
        configuration.nodes.push_back({false, false, {{false, running_on, {}, {}, {}, {}}}});
    }
    record.applicability.emplace_back(configuration);
    return record;
}

struct World : fleet::test::House {
    std::shared_ptr<Knowledge> knowledge = std::make_shared<Knowledge>();
    AssessedFleet assessed;

    World() {
        advisory::AdvisoryCompiler compiler(risk::base_score);
        compiler.add(record("CVE-2024-0001", "httpd"));
        compiler.add(record("CVE-2024-0002", "shell"));
        compiler.add(record("CVE-2024-0003", "app", "cpe:2.3:o:google:android:-:*:*:*:*:*:*:*"));
        advisory::KevEntry kev;
        kev.id = "CVE-2024-0001";
        compiler.add(kev);
        auto held = std::make_shared<Held>();
        held->held = compiler.compile().value();
        knowledge->file = advisory::AdvisoryFile::open(held->held).value();
        knowledge->bytes = held;
        assessed.knowledge = knowledge;
    }
    device::SetId set(std::vector<component::Component> components,
                      std::vector<component::Statement> statements = {}, device::SetId on = {}) {
        std::vector<device::ComponentId> members;
        for (const auto& component : components)
            members.push_back(fleet::component_id(component));
        const device::SetId id = fleet::set_id(members);
        const AssessedSet* beneath = assessed.find(on);
        auto made = std::make_shared<AssessedSet>();
        made->knowledge = knowledge;
        made->contents =
            std::make_shared<const SetContents>(fleet::Software::Contents{members, components, statements});
        made->assessment = advisory::match_set(knowledge->file, components, statements,
                                               beneath == nullptr ? std::vector<component::Component>()
                                                                  : beneath->components());
        assessed.sets[fleet::subject(id, on).id] = made;
        return id;
    }
    // Devices with these layers, as rows.
    void devices(int count, device::SetId base, device::SetId delta = {}, const std::string& exposure = "") {
        for (int i = 0; i < count; ++i) {
            ports::DeviceRow row;
            row.id = ids.next_as<device::DeviceId>();
            row.lifecycle = device::Lifecycle::active;
            row.base_set = base;
            row.delta_set = delta;
            const auto done = status([&](auto reply) {
                writer.submit(
                    shard::place_of(kTenant, row.id), shard::Priority::person,
                    [row, exposure](shard::Transaction& transaction) -> base::Status {
                        transaction.put(row);
                        if (!exposure.empty())
                            transaction.put(ports::FactRow{
                                row.id, {"exposure", exposure, device::FactSource::person, "", {}}});
                        return {};
                    },
                    reply);
            });
            REQUIRE(done.ok());
        }
    }
    Figures figures() { return assessment::figures(live, assessed, select("")); }
    std::uint64_t count(const std::string& query) { return live.count(select(query)).yes; }
};

} // namespace

TEST_CASE("every device is exposed, clean or untold, and untold is never clean") {
    World world;
    world.devices(3, world.set({package("httpd", "1.0")}));
    world.devices(2, world.set({package("httpd", "2.1")}));
    world.devices(4, {});
    const Figures figures = world.figures();
    CHECK(figures.devices == 9);
    CHECK(figures.exposed == 3);
    CHECK(figures.exploited == 3);
    CHECK(figures.cannot_tell == 4);
    CHECK(figures.no_software == 4);
    CHECK(figures.assessed == 5);
    CHECK(figures.findings_open == 3);
}

TEST_CASE("a device of which no part could be assessed is untold, to figures and queries alike; of which "
          "some could not is counted") {
    World world;
    component::Component nameless;
    nameless.name = "blob";
    nameless.version = "1";
    component::Component npm = nameless;
    npm.name = "left-pad";
    npm.purl = "pkg:npm/left-pad@1.3.0";
    component::Component board;
    board.kind = component::Kind::hardware;
    board.name = "GW-1";
    const auto unknown = world.set({nameless, npm, board}),
               partly = world.set({package("httpd", "2.1"), nameless});
    const auto clean = world.set({package("shell", "2.1")});
    world.devices(3, unknown);
    world.devices(2, partly);
    world.devices(1, clean, world.set({npm}, {}, clean));
    world.devices(4, {}, world.set({nameless}));
    const Figures figures = world.figures();
    CHECK(figures.devices == 10);
    CHECK(figures.assessed == 3);
    CHECK(figures.exposed == 0);
    CHECK(figures.no_software == 0);
    CHECK(figures.not_assessed == 7);
    CHECK(figures.cannot_tell == 7);
    CHECK(figures.partly_assessed == 3);
    CHECK_FALSE(assessment::figures(world.assessed, unknown, {}, {}).assessed);
    CHECK(assessment::figures(world.assessed, partly, {}, {}).assessed);
    // Queries are told by the assessor, of subjects that they know.
    for (const auto& [id, set] : world.assessed.sets)
        world.software.apply(shard::control_of(kTenant),
                             ports::SoftwareSetRow{id, ports::Layer::base, set->contents->ids, {}, "SBOM"});
    for (const auto& [id, set] : world.assessed.sets)
        for (const component::Component& component : set->components())
            world.software.apply(shard::control_of(kTenant),
                                 ports::ComponentRow{fleet::component_id(component), component});
    std::vector<std::pair<device::SetId, bool>> told;
    for (const auto& [id, set] : world.assessed.sets)
        told.emplace_back(id, set->assessment.nothing_assessed);
    world.software.publish_unassessed(kTenant, told, true);
    CHECK(world.count("cannot_tell") == 7);
    CHECK(world.count("not cannot_tell") == 3);
    CHECK(world.live.count(world.select("finding = CVE-2024-0001")).unknown == 7);
    // What is assessed after all is told again.
    world.software.publish_unassessed(kTenant, {{unknown, false}}, false);
    CHECK(world.count("cannot_tell") == 4);
    world.software.publish_unassessed(kTenant, {}, true);
    CHECK(world.count("cannot_tell") == 0);
}

TEST_CASE("a version that cannot be read makes the device untold") {
    World world;
    world.devices(1, world.set({package("httpd", "custom")}));
    const Figures figures = world.figures();
    CHECK(figures.exposed == 0);
    CHECK(figures.cannot_tell == 1);
    CHECK(figures.findings_unknown == 1);
}

TEST_CASE("exploited advisories stand first, and risk grows with exposure") {
    World world;
    const auto set = world.set({package("httpd", "1.0"), package("shell", "1.0")});
    world.devices(1, set, {}, "isolated");
    const double isolated = world.figures().risk;
    world.devices(1, set, {}, "internet");
    const Figures figures = world.figures();
    CHECK(figures.risk - isolated > isolated);
    REQUIRE(figures.advisories.size() == 2);
    CHECK(world.knowledge->file.id(figures.advisories[0].advisory) == "CVE-2024-0001");
    CHECK(figures.advisories[0].affected == 2);
}

TEST_CASE("what the image covers is not counted again from the inventory, nor its maker's word lost") {
    World world;
    component::Statement fixed{"CVE-2024-0001", "httpd", component::StatementStatus::not_affected,
                               "patched by the maker"};
    const auto image = world.set({package("httpd", "1.0")}, {fixed});
    const auto inventory = world.set({package("httpd", "1.0"), package("shell", "1.0")}, {}, image);
    world.devices(1, image, inventory);
    const Figures figures = world.figures();
    CHECK(figures.findings_open == 1); // the shell alone
    CHECK(figures.exploited == 0);
    // Queries say the same of what is noted of each layer, in whatever order the store tells it.
    const auto httpd = package("httpd", "1.0"), shell = package("shell", "1.0");
    const device::ComponentId httpd_id = fleet::component_id(httpd), shell_id = fleet::component_id(shell);
    for (const ports::Row& row : std::initializer_list<ports::Row>{
             ports::SoftwareSetRow{image, ports::Layer::base, {httpd_id}, {fixed}, "SBOM"},
             ports::SoftwareSetRow{inventory, ports::Layer::delta, {httpd_id, shell_id}, {}, "device"},
             ports::ComponentRow{httpd_id, httpd}, ports::ComponentRow{shell_id, shell}})
        world.software.apply(shard::control_of(kTenant), row);
    for (const auto& [advisory, component] :
         {std::pair("CVE-2024-0001", httpd_id), std::pair("CVE-2024-0002", shell_id)})
        world.software.apply(shard::control_of(kTenant),
                             ports::SetFindingRow{fleet::subject(inventory, image).id,
                                                  advisory,
                                                  component,
                                                  ports::Verdict::affected,
                                                  "",
                                                  {},
                                                  {}});
    world.software.publish_kev(kTenant, {"CVE-2024-0001"});
    fleet::DeadlineBook book;
    book.of = [](const std::string& advisory) -> fleet::DeadlinesOf {
        if (advisory != "CVE-2024-0001") return {};
        return {fleet::Deadline{3, {}}};
    };
    world.software.publish_deadlines(kTenant, std::move(book));
    CHECK(world.count("kev") == 0);
    CHECK(world.count("overdue") == 0);
    CHECK(world.count("finding = CVE-2024-0001") == 0);
    CHECK(world.count("finding = CVE-2024-0002") == 1);
    CHECK(world.count("exists(finding)") == 1);
}

TEST_CASE("the same apps are told on each system by itself") {
    World world;
    component::Component android, ios;
    android.kind = ios.kind = component::Kind::operating_system;
    android.name = "android";
    android.version = "14";
    ios.name = "ios";
    ios.version = "17.1";
    const auto on_android = world.set({android}), on_ios = world.set({ios});
    const auto apps = world.set({package("app", "1.0")}, {}, on_android);
    REQUIRE(world.set({package("app", "1.0")}, {}, on_ios) == apps);
    REQUIRE(world.set({package("app", "1.0")}) == apps);
    world.devices(2, on_android, apps);
    world.devices(3, on_ios, apps);
    world.devices(4, {}, apps);
    const Figures figures = world.figures();
    CHECK(figures.findings_open == 2);
    CHECK(figures.findings_unknown == 4); // on nothing that is known
    CHECK(figures.exposed == 2);
}

TEST_CASE("the next best fix is the release that removes most, for the devices that can take it") {
    World world;
    const auto old = world.set({package("httpd", "1.0"), package("shell", "1.0")});
    for (int i = 0; i < 3; ++i) {
        ports::DeviceRow row;
        row.id = world.ids.next_as<device::DeviceId>();
        row.lifecycle = device::Lifecycle::active;
        row.base_set = old;
        REQUIRE(world
                    .status([&](auto reply) {
                        world.writer.submit(
                            shard::place_of(kTenant, row.id), shard::Priority::person,
                            [row](shard::Transaction& transaction) -> base::Status {
                                transaction.put(row);
                                transaction.put(ports::FactRow{
                                    row.id, {"model", "GW-1", device::FactSource::reported, "", {}}});
                                return {};
                            },
                            reply);
                    })
                    .ok());
    }
    ports::ReleaseRow half, whole;
    half.id = world.ids.next_as<ports::ReleaseId>();
    half.name = "half";
    half.models = {"GW-1"};
    half.set = world.set({package("httpd", "1.0"), package("shell", "2.0")});
    whole.id = world.ids.next_as<ports::ReleaseId>();
    whole.name = "whole";
    whole.models = {"GW-1"};
    whole.set = world.set({package("httpd", "2.0"), package("shell", "2.0")});
    ports::ReleaseRow elsewhere = whole;
    elsewhere.name = "elsewhere";
    elsewhere.models = {"CAM-1"};
    const std::vector<Offer> offers{{&half, world.assessed.sets.at(half.set)},
                                    {&whole, world.assessed.sets.at(whole.set)},
                                    {&elsewhere, world.assessed.sets.at(elsewhere.set)}};
    const Fixes fixes = assessment::fixes(world.live, world.assessed, world.select(""), offers);
    REQUIRE(fixes.rows.size() >= 2);
    CHECK(fixes.rows[0].name == "whole");
    CHECK(fixes.rows[0].devices == 3);
    CHECK(fixes.rows[0].findings_ended == 6);
    CHECK(fixes.rows[0].exploited_ended == 3);
    CHECK(fixes.rows[0].risk_removed == doctest::Approx(fixes.total_risk));
    CHECK(fixes.rows[1].risk_removed < fixes.rows[0].risk_removed);
    for (const Fix& fix : fixes.rows)
        CHECK(fix.name != "elsewhere");
    CHECK(fixes.devices_without_fix == 0);
    CHECK(fixes.exploited_with_fix == 3);
    // Both are for the same devices: together they remove what the better one does.
    CHECK(fixes.rows[1].cumulative_risk_removed == doctest::Approx(fixes.rows[0].risk_removed));

    const Fixes none = assessment::fixes(world.live, world.assessed, world.select(""), {offers[2]});
    CHECK(none.devices_without_fix == 3);
    CHECK(none.exploited_with_fix == 0);
    CHECK(exposed_of(world.live, world.select("model = GW-1"), fixes).with_fix == 3);
    CHECK(exposed_of(world.live, world.select("model = GW-1"), none).devices == 3);
    CHECK(exposed_of(world.live, world.select("model = GW-1"), none).with_fix == 0);
    CHECK(exposed_of(world.live, world.select("model = CAM-1"), fixes).devices == 0);
}

TEST_CASE("words of facts become a context, and what is not stated is assumed in the open") {
    CHECK(context_of("critical", "internet", "yes") ==
          risk::Context{risk::Criticality::critical, risk::Exposure::open, true});
    CHECK(context_of("", "", "").exposure == risk::Exposure::unknown);
    CHECK(context_of("urgent", "everywhere", "maybe") == risk::Context{});
}
