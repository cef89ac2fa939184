// SPDX-License-Identifier: Apache-2.0
#include "import_world.hpp"

#include <assessment/fix_owners.hpp>
#include <assessment/fix_queue.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::assessment;
using fleet::test::kTenant;

namespace {

const auto kNobodyTold = std::make_shared<const risk::SupportEnds>();

std::string without_fix(const std::string& id) {
    return R"({"id":")" + id +
           R"(","modified":"2024-01-02T00:00:00Z","affected":[{"package":{"ecosystem":"Go","name":"x/)" + id +
           R"("},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]})" + "\n";
}

struct QueueWorld : test::ImportWorld {
    std::vector<std::shared_ptr<ports::ReleaseRow>> releases;

    QueueWorld() {
        put_all(shard::control_of(kTenant), {ports::DocumentRow{"setting/poll_seconds", "60"}});
        import("osv.json", test::osv("GO-1") + without_fix("GO-2"));
    }
    // A release for a model, with what a device of that version runs.
    ports::ReleaseRow& release(const std::string& model, const std::string& advisory,
                               const std::string& version) {
        auto row = std::make_shared<ports::ReleaseRow>();
        row->id = ids.next_as<ports::ReleaseId>();
        row->name = "image";
        row->version = version;
        row->models = {model};
        row->set = live.device({kTenant, device_id_with(advisory, version)})->base_set;
        releases.push_back(row);
        return *row;
    }
    FixQueue queue(const std::shared_ptr<const risk::SupportEnds>& support = kNobodyTold) {
        PastSupport past(support, clock.now());
        std::vector<Offer> at_hand;
        for (const auto& row : releases)
            at_hand.push_back({row.get(), assessor.assess(kTenant, row->set)});
        return fix_queue(live, *assessor.fleet(kTenant), select(""), at_hand,
                         *assessor.deadlines().in_force(kTenant), past, findings);
    }
    FixFindings* findings = nullptr; // filled with what its row is about
    // "GO-1 on 2" of a row.
    FixFindings findings_of(const std::string& row) {
        FixFindings of;
        of.row = row;
        findings = &of;
        queue();
        findings = nullptr;
        return of;
    }
    std::vector<std::string> about(const std::string& row) {
        const FixFindings of = findings_of(row);
        std::vector<std::string> texts;
        for (const FixFindings::Part& part : of.advisories)
            texts.push_back(std::string(assessor.fleet(kTenant)->knowledge->file.id(part.advisory)) + " on " +
                            std::to_string(part.devices));
        return texts;
    }
    fleet::Selection select(const std::string& text) { return {kTenant, {}, *device::parse_query(text)}; }
};

const QueueRow* row_of(const FixQueue& queue, const std::string& id) {
    for (const QueueRow& row : queue.rows)
        if (row.id == id) return &row;
    return nullptr;
}

} // namespace

TEST_CASE("a fix is ready, at the vendor, published by nobody, or not for this device; each has a row") {
    QueueWorld world;
    world.device_with("GO-1", "1.0", {{"model", "M1"}, {"hw_revision", "A"}});
    world.device_with("GO-1", "1.0", {{"model", "M1"}, {"hw_revision", "B"}});
    world.device_with("GO-1", "1.0", {{"model", "M2"}});
    world.device_with("GO-1", "1.0", {{"model", "M2"}});
    world.device_with("GO-2", "1.0", {{"model", "M3"}});
    auto& release = world.release("M1", "GO-1", "9.0");
    release.hw_revisions = {"A"};
    const FixQueue queue = world.queue();
    REQUIRE(queue.rows.size() == 4);
    for (std::size_t i = 1; i < queue.rows.size(); ++i)
        CHECK(queue.rows[i - 1].fix.risk_removed >= queue.rows[i].fix.risk_removed);

    const QueueRow* ready = row_of(queue, release.id.text());
    REQUIRE(ready != nullptr);
    CHECK(ready->state == QueueRow::State::ready);
    CHECK(ready->fix.devices == 1);
    CHECK(ready->restarts == 1);
    REQUIRE(ready->shares.size() == 1);
    CHECK(ready->shares[0].removed == doctest::Approx(ready->fix.risk_removed));

    const QueueRow* cannot = row_of(queue, "cannot:" + release.id.text() + ":M1");
    REQUIRE(cannot != nullptr);
    CHECK(cannot->reason == "image 9.0 is not for hardware revision B");
    CHECK(cannot->fix.devices == 1);

    const QueueRow* vendor = row_of(queue, "vendor:M2");
    REQUIRE(vendor != nullptr);
    CHECK(vendor->fix.devices == 2);
    CHECK(vendor->fix.findings_ended == 2);
    CHECK(vendor->references == std::vector<std::string>{"x/GO-1 1.2.0"});

    const QueueRow* none = row_of(queue, "none:M3");
    REQUIRE(none != nullptr);
    CHECK(none->references == std::vector<std::string>{"x/GO-2 1.0"});
    CHECK(none->reason.empty());
    CHECK(queue.unsupported == 0);

    // Each names what it ends, or what stays open there.
    using Texts = std::vector<std::string>;
    CHECK(world.about(ready->id) == Texts{"GO-1 on 1"});
    CHECK(world.about(cannot->id) == Texts{"GO-1 on 1"});
    CHECK(world.about(vendor->id) == Texts{"GO-1 on 2"});
    CHECK(world.about(none->id) == Texts{"GO-2 on 1"});
    CHECK(world.about("none:M9").empty());

    // And the devices and findings behind its figures are as many as they say.
    for (const QueueRow& row : queue.rows) {
        const FixFindings of = world.findings_of(row.id);
        std::uint64_t findings = 0, devices = 0;
        for (const auto& [which, on] : of.findings)
            findings += on;
        world.live.each(world.select(""),
                        [&](const fleet::Glance& device) { devices += counts(of, device, 0) ? 1 : 0; });
        CHECK(findings == row.fix.findings_ended);
        CHECK(devices == row.fix.devices);
    }
}

TEST_CASE(
    "a decision about a row is about its devices: who can take a release is no part of those who cannot") {
    QueueWorld world;
    const auto device = [&](std::map<std::string, std::string> facts, const std::string& version = "1.0") {
        facts["model"] = "M1";
        world.device_with("GO-1", version, facts);
    };
    // Each time another device: what it runs is alike.
    for (int i = 0; i < 3; ++i)
        device({{"hw_revision", "A"}, {"firmware_version", "2.1"}});
    device({}); // nothing is known that refuses it
    device({{"hw_revision", "B"}, {"firmware_version", "2.1"}});
    device({{"hw_revision", "A"}, {"firmware_version", "1.9"}});
    world.device_with("GO-1", "1.0", {{"model", "M2"}});
    auto& release = world.release("M1", "GO-1", "9.0");
    release.hw_revisions = {"A", "C"};
    release.min_from = "2.0";

    struct Row {
        std::string id, query;
        std::uint64_t devices;
    };
    const Row rows[] = {
        {release.id.text(),
         "model = \"M1\" and (not exists(hw_revision) or hw_revision in (\"A\", \"C\")) and "
         "(not exists(firmware_version) or not firmware_version < \"2.0\")",
         4},
        {"cannot:" + release.id.text() + ":M1",
         "model = \"M1\" and (hw_revision = \"B\" or firmware_version < \"2.0\")", 2},
        {"vendor:M2", "model = \"M2\"", 1},
    };
    for (const Row& row : rows) {
        CAPTURE(row.id);
        FixFindings of;
        of.row = row.id;
        world.findings = &of;
        const FixQueue queue = world.queue();
        world.findings = nullptr;
        const QueueRow* found = row_of(queue, row.id);
        REQUIRE(found != nullptr);
        CHECK(found->fix.devices == row.devices);
        const std::string query =
            devices_of(*found, found->fix.release == release.id ? &release : nullptr, of);
        CHECK(query == row.query);
        REQUIRE(of.advisories.size() == 1);
        const std::uint32_t advisory = of.advisories[0].advisory;
        CHECK(open_on(world.live, *world.assessor.fleet(kTenant), world.select(query), {advisory}) ==
              std::map<std::uint32_t, Open>{{advisory, {row.devices, row.devices}}});
    }
}

TEST_CASE("a release is not for devices that run less than it can come from") {
    ports::ReleaseRow release;
    release.name = "image";
    release.version = "9.0";
    release.min_from = "2.0";
    CHECK(why_not(release, "", "1.9") == "image 9.0 needs 2.0 or later to come from, these run 1.9");
    CHECK(why_not(release, "", "2.0").empty());
    CHECK(why_not(release, "", "").empty()); // not known
    release.hw_revisions = {"A"};
    CHECK(why_not(release, "", "2.0").empty());
    CHECK_FALSE(why_not(release, "B", "2.0").empty());
}

TEST_CASE("past the end of its support a device is unsupported, and nothing more is expected of its vendor") {
    QueueWorld world;
    world.device_with("GO-1", "1.0", {{"model", "M2"}});
    world.device_with("GO-1", "9.0", {{"model", "M2"}}); // nothing is open, and it is not clean
    world.device_with("GO-1", "9.0", {{"model", "M4"}, {"support_end", "2001-01-01"}});
    world.device_with("GO-1", "9.0", {{"model", "M5"}, {"support_end", "2901-01-01"}});
    using Of = risk::SupportEnd::Of;
    const auto support = std::make_shared<const risk::SupportEnds>(
        std::vector<risk::SupportEnd>{{Of::model, "M2", "", base::from_unix_ms(0), "letter of 1969"},
                                      {Of::component, "x/GO-1", "9.1", {}, "never"}});
    const FixQueue queue = world.queue(support);
    CHECK(queue.unsupported == 3);
    const QueueRow* none = row_of(queue, "none:M2");
    REQUIRE(none != nullptr);
    CHECK(none->reason == "support of M2 ended on 1970-01-01 (letter of 1969)");
    CHECK(row_of(queue, "vendor:M2") == nullptr);
}

TEST_CASE("a row says until when, by the policy in force") {
    QueueWorld world;
    world.device_with("GO-1", "1.0", {{"model", "M2"}, {"exposure", "isolated"}});
    CHECK_FALSE(row_of(world.queue(), "vendor:M2")->due); // with the next upgrade
    const auto used = world.result<Deadlines::View>([&](auto done) {
        world.assessor.deadlines().use(world.admin, {"exploited-or-not", {{"others", 10}}},
                                       world.assessor.deadlines().list(world.admin)->stamp, "",
                                       std::move(done));
    });
    REQUIRE(used.ok());
    CHECK(row_of(world.queue(), "vendor:M2")->due);
}

TEST_CASE("a fix has an owner until somebody takes it back, which is audited, and only by who may plan") {
    QueueWorld world;
    const auto assign = [&](const access::Actor& actor, const std::string& owner) {
        return world.status([&](auto done) { assign_fix(world.writer, actor, "vendor:M2", owner, done); });
    };
    CHECK(assign(world.admin, "line 4").ok());
    CHECK(fix_owners(world.control, kTenant).at("vendor:M2") == "line 4");
    access::Actor viewer = world.admin;
    viewer.role = access::Role::viewer;
    CHECK(assign(viewer, "me").error().kind == base::ErrorKind::denied);
    CHECK(assign(world.admin, "two\nlines").error().kind == base::ErrorKind::invalid);
    CHECK(assign(world.admin, "").ok());
    CHECK(fix_owners(world.control, kTenant).empty());
    CHECK(std::ranges::count_if(world.journal.stored, [](const auto& entry) {
              const auto* record = std::get_if<ports::AuditRow>(&entry.second);
              return record != nullptr && record->action == "fix.assign";
          }) == 2);
}

TEST_CASE("an own table of ends of support wins, and is taken away") {
    QueueWorld world;
    SupportData& support = world.assessor.support();
    const auto replace = [&](const std::string& table) {
        return world.status([&](auto done) { support.replace(world.admin, table, done); });
    };
    component::Component openssl;
    openssl.kind = component::Kind::library;
    openssl.name = "openssl";
    openssl.version = "1.1.1n";
    CHECK(base::to_date(support.in_force(kTenant)->of(openssl)->ends) == "2023-09-11");
    CHECK(
        replace("of,name,branch,support_end,source\ncomponent,openssl,1.1.1,2030-01-01,our contract\n").ok());
    CHECK(support.in_force(kTenant)->of(openssl)->source == "our contract");
    CHECK(support.own(kTenant).size() == 1);
    CHECK(replace("of,name\n").error().kind == base::ErrorKind::invalid);
    CHECK(replace("").ok());
    CHECK(base::to_date(support.in_force(kTenant)->of(openssl)->ends) == "2023-09-11");
}
