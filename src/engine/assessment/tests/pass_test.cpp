// SPDX-License-Identifier: Apache-2.0
#include "../../fleet/tests/house.hpp"

#include <advisory/compiler.hpp>
#include <assessment/pass.hpp>

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace oakum;
using namespace oakum::assessment;
using fleet::test::kTenant;

namespace {

struct Held final : ports::CompiledAdvisories {
    base::Bytes held;
    base::ByteView bytes() const override { return held; }
};

std::shared_ptr<const Knowledge> knowledge(const std::vector<advisory::Record>& records) {
    advisory::AdvisoryCompiler compiler(nullptr);
    for (const advisory::Record& record : records)
        compiler.add(record);
    auto held = std::make_shared<Held>();
    held->held = compiler.compile().value();
    auto made = std::make_shared<Knowledge>();
    made->file = advisory::AdvisoryFile::open(held->held).value();
    made->bytes = held;
    return made;
}

// Everything below `end` in the product; on a box of that name alone when there is one.
advisory::Record record(const std::string& id, const std::string& product, const std::string& end,
                        const std::string& box = "") {
    advisory::Record record;
    record.id = id;
    advisory::CpeMatch match;
    match.criteria = "cpe:2.3:a:maker:" + product + ":*:*:*:*:*:*:*:*";
    match.end_excluding = end;
    advisory::CpeConfiguration configuration{!box.empty(), false, {{false, false, {match}}}};
    if (!box.empty()) {
        advisory::CpeMatch on;
        on.vulnerable = false;
        on.criteria = "cpe:2.3:h:maker:" + box + ":-:*:*:*:*:*:*:*";
        configuration.nodes.push_back({false, false, {on}});
    }
    record.applicability.push_back(configuration);
    return record;
}

component::Component software(const std::string& product, const std::string& version) {
    component::Component made;
    made.name = product;
    made.version = version;
    made.cpe = "cpe:2.3:a:maker:" + product + ":" + version + ":*:*:*:*:*:*:*";
    return made;
}
component::Component box(const std::string& name) {
    component::Component made;
    made.kind = component::Kind::hardware;
    made.name = name;
    made.cpe = "cpe:2.3:h:maker:" + name + ":-:*:*:*:*:*:*:*";
    return made;
}

struct World : fleet::test::House {
    device::SetId set(const std::vector<component::Component>& components, ports::Layer layer,
                      const std::vector<component::Statement>& statements = {}) {
        ports::SoftwareSetRow row;
        row.layer = layer;
        row.statements = statements;
        for (const component::Component& component : components) {
            row.components.push_back(fleet::component_id(component));
            software.apply(shard::control_of(kTenant), ports::ComponentRow{row.components.back(), component});
        }
        row.id = fleet::set_id(row.components);
        software.apply(shard::control_of(kTenant), row);
        return row.id;
    }
    std::shared_ptr<const AssessedFleet> assessed(Pass& pass, const std::shared_ptr<const Knowledge>& known,
                                                  std::shared_ptr<const AssessedFleet> before) {
        pass.begin(known, std::move(before));
        auto fleet = std::make_shared<AssessedFleet>();
        fleet->knowledge = known;
        changed.clear();
        for (const fleet::Subject& subject : software.subjects(kTenant)) {
            const auto outcome = pass.assess(subject);
            REQUIRE(outcome);
            fleet->sets[subject.id] = outcome->set;
            if (outcome->changed) changed.insert(subject.id);
        }
        pass.end();
        return fleet;
    }
    std::set<device::SetId> changed; // of the last pass
};

// Open findings of a subject as the store keeps them.
std::set<std::tuple<std::string, device::ComponentId, advisory::Verdict>> findings(const AssessedSet& set) {
    std::set<std::tuple<std::string, device::ComponentId, advisory::Verdict>> all;
    for (const auto& one : set.assessment.verdicts)
        all.emplace(set.knowledge->file.id(one.verdict.advisory), set.contents->ids[one.component],
                    one.verdict.verdict);
    return all;
}

} // namespace

TEST_CASE("only what speaks of a set's software makes it be assessed again") {
    World world;
    const auto curl = world.set({software("curl", "1.0")}, ports::Layer::base);
    const auto zlib = world.set({software("zlib", "1.0"), software("zstd", "1.0")}, ports::Layer::base);
    Pass pass(world.software, kTenant);
    const auto first = world.assessed(
        pass, knowledge({record("CVE-1-1", "curl", "2.0"), record("CVE-1-2", "zlib", "2.0")}), nullptr);
    CHECK(world.changed == std::set{curl, zlib});
    const auto second =
        world.assessed(pass,
                       knowledge({record("CVE-1-0", "other", "2.0"), record("CVE-1-1", "curl", "0.5"),
                                  record("CVE-1-2", "zlib", "2.0")}),
                       first);
    CHECK(world.changed == std::set{curl});
    CHECK(second->find(curl)->assessment.affected == 0);
    CHECK(second->find(zlib)->assessment.affected == 1);
    CHECK(second->find(zlib)->knowledge == second->knowledge);
    const auto& verdict = second->find(zlib)->assessment.verdicts.front().verdict;
    CHECK(second->knowledge->file.id(verdict.advisory) == "CVE-1-2");
    CHECK(advisory::fixed_in(second->knowledge->file, verdict) == "2.0");
}

TEST_CASE("one assessment serves all images beneath that make no difference") {
    World world;
    const auto plain = world.set({software("curl", "1.0")}, ports::Layer::delta);
    const auto asking = world.set({software("app", "1.0")}, ports::Layer::delta);
    std::vector<device::SetId> images;
    for (const char* name : {"router", "camera", "gateway"})
        images.push_back(world.set({box(name)}, ports::Layer::base));
    for (const auto image : images) {
        world.software.numbers_of(kTenant, image, plain);
        world.software.numbers_of(kTenant, image, asking);
    }
    Pass pass(world.software, kTenant);
    const auto known =
        knowledge({record("CVE-1-1", "curl", "2.0"), record("CVE-1-2", "app", "2.0", "router")});
    const auto fleet = world.assessed(pass, known, nullptr);
    CHECK(fleet->find(plain, images[0]) == fleet->find(plain, images[1]));
    CHECK(fleet->find(asking, images[0])->assessment.affected == 1);
    CHECK(fleet->find(asking, images[1])->assessment.affected == 0);
    CHECK(fleet->find(asking, images[1]) == fleet->find(asking, images[2]));
    // The platform begins to matter, and ends to.
    const auto next = world.assessed(
        pass, knowledge({record("CVE-1-1", "curl", "2.0", "camera"), record("CVE-1-2", "app", "2.0")}),
        fleet);
    CHECK(next->find(plain, images[0])->assessment.affected == 0);
    CHECK(next->find(plain, images[1])->assessment.affected == 1);
    for (const auto image : images)
        CHECK(next->find(asking, image)->assessment.affected == 1);
}

TEST_CASE("pass after pass the fleet is what assessing it anew gives") {
    std::mt19937 draw(5); // NOLINT(cert-msc51-cpp): the same every time
    const auto below = [&](unsigned end) { return static_cast<unsigned>(draw()) % end; };
    const auto product = [&] { return "p" + std::to_string(below(12)); };
    const auto version = [&] { return std::to_string(below(3)) + "." + std::to_string(below(4)); };
    const std::array<std::string, 3> boxes{"router", "camera", ""};
    const auto random_record = [&](unsigned number) {
        auto made = record("CVE-1-" + std::to_string(number), product(), version(), boxes[below(3)]);
        made.withdrawn = below(8) == 0;
        if (below(6) == 0) made.covers = {"CVE-1-" + std::to_string(below(40))};
        return made;
    };
    World world;
    std::vector<device::SetId> images, layers;
    for (int n = 0; n < 4; ++n) {
        std::vector<component::Component> members{box(boxes[below(2)])};
        for (unsigned c = below(5); c > 0; --c)
            members.push_back(software(product(), version()));
        images.push_back(world.set(members, ports::Layer::base));
    }
    for (int n = 0; n < 10; ++n) {
        std::vector<component::Component> members;
        for (unsigned c = 1 + below(4); c > 0; --c)
            members.push_back(software(product(), version()));
        std::vector<component::Statement> statements;
        if (below(3) == 0)
            statements.push_back({"CVE-1-" + std::to_string(below(40)), "",
                                  component::StatementStatus::not_affected, "not reachable"});
        layers.push_back(world.set(members, ports::Layer::delta, statements));
    }
    const auto pair_up = [&] { world.software.numbers_of(kTenant, images[below(4)], layers[below(10)]); };
    for (int n = 0; n < 20; ++n)
        pair_up();
    std::map<unsigned, advisory::Record> records;
    for (unsigned n = 0; n < 40; ++n)
        records[n] = random_record(n);
    Pass pass(world.software, kTenant);
    std::shared_ptr<const AssessedFleet> before;
    std::size_t kept = 0, found = 0;
    for (int round = 0; round < 40; ++round) {
        std::vector<advisory::Record> now;
        for (const auto& [number, one] : records)
            now.push_back(one);
        if (round > 0) pair_up(); // a subject that was not there before
        const auto known = knowledge(now);
        const auto fleet = world.assessed(pass, known, before);
        for (const fleet::Subject& subject : world.software.subjects(kTenant)) {
            const AssessedSet& set = *fleet->sets.at(subject.id);
            const auto beneath = world.software.components(kTenant, subject.on);
            const auto anew =
                advisory::match_set(known->file, set.components(), set.contents->statements,
                                    beneath.ok() ? std::span<const component::Component>(*beneath)
                                                 : std::span<const component::Component>());
            CHECK(set.assessment.verdicts == anew.verdicts);
            CHECK(set.assessment.exploited == anew.exploited);
            found += anew.verdicts.size();
            // What is said not to have changed needs no look at the store.
            if (world.changed.contains(subject.id)) continue;
            ++kept;
            CHECK(findings(set) == findings(*before->sets.at(subject.id)));
        }
        before = fleet;
        for (unsigned n = 1 + below(3); n > 0; --n) {
            const unsigned which = below(40);
            if (below(5) == 0)
                records.erase(which);
            else
                records[which] = random_record(which);
        }
    }
    CHECK(found > 1000);
    CHECK(kept > 200);
}
