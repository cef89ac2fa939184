// SPDX-License-Identifier: Apache-2.0
// LINK: engine_assessment engine_fleet storage_memory domain_risk
//
// Reassessment: a fleet with 5,000 software sets, 400 images and 4,600 layers each of which runs on two of
// them, of which the advisories change by a thousand. What is measured is what the server does once they are
// compiled: open the file, find what it says otherwise, assess what that concerns, note which findings begin
// and end, and add up the whole fleet. reassess_bench [DEVICES]   (default 1,000,000)
#include "bench_fleet.hpp"

#include <advisory/compiler.hpp>
#include <assessment/assessor.hpp>
#include <assessment/daily_figures.hpp>
#include <memory/store.hpp>
#include <risk/cvss.hpp>

using namespace oakum;
using namespace oakum::bench;

namespace {

constexpr int kProducts = 3000, kComponents = 30'000, kSets = 5000, kBaseSets = 400;
constexpr int kImagesALayer = 2;
constexpr int kAdvisories = 60'000, kChanged = 1000;
constexpr int kGroups = 20;

// Only what is compiled is of interest here.
class Files final : public ports::FeedFiles {
  public:
    struct Compiled final : ports::CompiledAdvisories {
        explicit Compiled(base::Bytes all) : held(std::move(all)) {}
        base::ByteView bytes() const override { return held; }
        base::Bytes held;
    };
    base::Result<std::unique_ptr<ports::IncomingFeed>> begin() override { return base::bug("unused"); }
    base::Result<std::unique_ptr<ports::PartialFeed>> resume(const std::string&) override {
        return base::bug("unused");
    }
    base::Status forget_partial_except(const std::vector<std::string>&) override {
        return base::bug("unused");
    }
    base::Result<std::uint64_t> room() override { return base::bug("unused"); }
    base::Result<base::Bytes> scores() override { return base::not_found("unused"); }
    base::Status replace_scores(base::ByteView) override { return base::bug("unused"); }
    base::Result<std::vector<std::string>> kept() override { return std::vector<std::string>(); }
    base::Status read(const std::string&, const std::function<base::Status(base::ByteView)>&) override {
        return base::bug("unused");
    }
    base::Status keep(const std::string&, const std::string&) override { return base::bug("unused"); }
    base::Status discard(const std::string&) override { return base::bug("unused"); }
    base::Status replace_compiled(base::ByteView bytes) override {
        compiled_ = std::make_shared<Compiled>(base::Bytes(bytes.begin(), bytes.end()));
        return {};
    }
    bool kept_since_compiled() override { return false; }
    base::Result<std::shared_ptr<const ports::CompiledAdvisories>> compiled() override {
        return std::shared_ptr<const ports::CompiledAdvisories>(compiled_);
    }

  private:
    std::shared_ptr<const Compiled> compiled_; // shared as the port gives it out
};

std::string product(unsigned number) {
    return "product" + std::to_string(number % kProducts);
}

// The same records each time, but for `changed` of them, whose range is another.
base::Bytes advisories(int changed) {
    advisory::AdvisoryCompiler compiler(risk::base_score);
    std::mt19937 draw(11);
    const auto random = [&] { return static_cast<unsigned>(draw()); };
    for (int i = 0; i < kAdvisories; ++i) {
        advisory::Record record;
        record.id = "CVE-2024-" + std::to_string(i);
        advisory::CpeMatch match;
        match.criteria = "cpe:2.3:a:maker:" + product(random()) + ":*:*:*:*:*:*:*:*";
        const unsigned minor = random() % 30;
        match.end_excluding =
            "1." +
            std::to_string(i % (kAdvisories / kChanged) == 0 && changed > 0 ? (minor + 10) % 30 : minor / 10);
        record.applicability.push_back(advisory::CpeConfiguration{false, false, {{false, false, {match}}}});
        compiler.add(record);
    }
    auto bytes = compiler.compile();
    if (!bytes.ok()) std::exit(1);
    return std::move(bytes).value();
}

} // namespace

int main(int argc, char** argv) {
    const std::size_t devices = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    WallClock clock;
    Dice dice;
    Queue queue;
    ErrorLog log;
    memory::Store store(queue);
    shard::ControlTables control;
    fleet::Software software;
    fleet::LiveFleet live(software, control, clock);
    shard::Ids ids(clock, dice);
    shard::Writer writer(queue, clock, store, store, control, live, {&control, &software, &live}, log,
                         {.queue = 100'000, .batch = 128});
    fleet::Core core{writer, control, live, software, store, clock, ids};
    shard::Jobs jobs(writer, control, queue, clock, ids, log);

    const shard::Place place = shard::control_of(kTenant);
    const auto apply = [&](const ports::Row& row) {
        for (shard::Projection* projection :
             {static_cast<shard::Projection*>(&control), static_cast<shard::Projection*>(&software),
              static_cast<shard::Projection*>(&live)})
            projection->apply(place, row);
    };
    apply(ports::DocumentRow{"setting/poll_seconds", "60"}); // by which the tenant exists
    std::mt19937_64 random(7);
    std::vector<device::ComponentId> components;
    for (int n = 0; n < kComponents; ++n) {
        component::Component made;
        made.name = product(static_cast<unsigned>(n));
        made.version = "1." + std::to_string(n / kProducts * 4) + "." + std::to_string(n % 17);
        made.cpe = "cpe:2.3:a:maker:" + made.name + ":" + made.version + ":*:*:*:*:*:*:*";
        components.push_back(fleet::component_id(made));
        apply(ports::ComponentRow{components.back(), made});
    }
    std::vector<device::SetId> sets;
    for (int n = 0; n < kSets; ++n) {
        ports::SoftwareSetRow set;
        set.layer = n < kBaseSets ? ports::Layer::base : ports::Layer::delta;
        for (int c = 0; c < (n < kBaseSets ? 200 : 20); ++c)
            set.components.push_back(components[random() % components.size()]);
        set.id = fleet::set_id(set.components);
        sets.push_back(set.id);
        apply(set);
    }
    for (std::size_t n = 0; n < devices; ++n) {
        ports::DeviceRow row;
        row.id = ids.next_as<device::DeviceId>();
        row.lifecycle = device::Lifecycle::active;
        const std::size_t layer = random() % (kSets - kBaseSets);
        row.base_set = sets[(layer * kImagesALayer + random() % kImagesALayer) % kBaseSets];
        row.delta_set = sets[kBaseSets + layer];
        live.apply(shard::place_of(kTenant, row.id), ports::Row(row));
        live.apply(
            shard::place_of(kTenant, row.id),
            ports::Row(ports::FactRow{
                row.id, {"criticality", n % 3 == 0 ? "high" : "low", device::FactSource::reported, "", {}}}));
    }

    Files files;
    const auto replace = [&](int changed) {
        if (!files.replace_compiled(advisories(changed)).ok()) std::exit(1);
    };
    const auto subjects = software.subjects(kTenant);
    const auto open_findings = [&] {
        std::size_t open = 0;
        for (const fleet::Subject& subject : subjects)
            open += software.findings(kTenant, subject.id).size();
        return open;
    };
    const auto measure = [&](const char* what, const std::function<base::Status()>& work) {
        const double wall_before = wall(), cpu_before = cpu();
        if (!work().ok()) std::exit(1);
        const double seen = cpu() - cpu_before;
        queue.run();
        const double noted = cpu() - cpu_before;
        const std::array<std::string_view, 1> keys{"criticality"};
        const auto tallies =
            live.tally({kTenant, {}, *device::parse_query(""), fleet::Records::managed}, keys);
        const double all_wall = wall() - wall_before, all = cpu() - cpu_before;
        std::printf("%s %9.2f s    (%.2f s of processor time: %.2f until it is seen, %.2f until %zu open "
                    "findings are stored, %.2f to add up %zu tallies)\n",
                    what, all_wall, all, seen, noted - seen, open_findings(), all - noted, tallies.size());
    };
    std::printf(
        "devices                                    %9zu      (%d advisories, %d components; %d software "
        "sets, %zu as devices have them)\n",
        devices, kAdvisories, kComponents, kSets, subjects.size());
    replace(0);
    assessment::Assessor assessor(core, files, jobs, queue, log);
    measure("assessing for the first time              ", [&] { return assessor.start(); });
    replace(kChanged);
    measure("reassessing after 1,000 changed advisories", [&] { return assessor.reload(); });
    measure("reassessing after none                    ", [&] { return assessor.reload(); });

    for (int n = 0; n < kGroups; ++n) {
        const ports::GroupRow group{ids.next_as<device::GroupId>(),
                                    "group " + std::to_string(n),
                                    n % 2 == 0 ? "criticality = high" : "criticality = low",
                                    {},
                                    false,
                                    1};
        control.apply(shard::control_of(kTenant), ports::Row(group));
        live.apply(shard::control_of(kTenant), ports::Row(group));
    }
    const std::array<std::string_view, 3> context{device::key::criticality, device::key::exposure,
                                                  device::key::safety};
    const base::TimePoint now = base::from_unix_ms(1'800'000'000'000);
    assessment::Standings standings;
    for (const char* what :
         {"figures of the fleet and its groups, first ", "figures of the fleet and its groups, again "}) {
        const double before = cpu();
        standings.begin(assessor.fleet(kTenant), assessor.deadlines().in_force(kTenant));
        const fleet::Census census = live.census(kTenant, context, standings.lengths().limits(now));
        const double counted = cpu();
        std::vector<const assessment::Standing*> of;
        for (const fleet::CensusKind& kind : census.kinds)
            of.push_back(
                &standings.of(kind.base, kind.delta,
                              assessment::context_of(kind.values[0], kind.values[1], kind.values[2])));
        const auto rows = assessment::add_up(census, of, standings.lengths(), now);
        standings.end();
        const double all = cpu() - before;
        std::printf(
            "%s %8.2f s    (%.0f ns a device to count it for the fleet and %d groups, half of them its "
            "own; %.2f s for %zu kinds)\n",
            what, all, 1e9 * (counted - before) / static_cast<double>(devices), kGroups,
            all - (counted - before), census.kinds.size());
    }
    return 0;
}
