// SPDX-License-Identifier: Apache-2.0
#include "import_world.hpp"

#include <assessment/exposure.hpp>
#include <doctest/doctest.h>
#include <feed_bundle/manifest.hpp>
#include <tar/header.hpp>

using namespace oakum;
using namespace oakum::assessment;
using fleet::test::kTenant;
using World = test::ImportWorld;
using test::kev;
using test::osv;

TEST_CASE("the same feed again changes nothing and compiles nothing") {
    World world;
    const std::string first = world.import("go.jsonl", osv("GO-1") + osv("GO-2"));
    CHECK(world.says(first, "done: 2 records read; 2 advisories at hand"));
    CHECK(world.files.compiled_times == 1);
    const auto row = world.control.find<ports::FeedRow>(kTenant, "osv-go.jsonl");
    REQUIRE(row);
    world.clock.steady_ += std::chrono::hours(1);
    const auto knowledge = world.assessor.knowledge();
    CHECK(world.says(world.import("go.jsonl", osv("GO-1") + osv("GO-2")), "nothing changed"));
    CHECK(world.files.compiled_times == 1);
    CHECK(world.assessor.knowledge() == knowledge);
    CHECK(*world.control.find<ports::FeedRow>(kTenant, "osv-go.jsonl") == *row);
    CHECK(world.files.files.size() == 1);
}

TEST_CASE("scores that do not say of when they are make no date, and take nothing of a date away") {
    World world;
    const std::string undated = "cve,epss,percentile\nCVE-2026-1001,0.5,0.9\n";
    CHECK(world.says(world.import("epss.csv", undated), "done"));
    CHECK(world.control.find<ports::FeedRow>(kTenant, "epss")->newest == base::TimePoint{});
    CHECK_FALSE(world.assessor.knowledge()->newest_record);
    CHECK(world.says(
        world.import("epss.csv", "#model_version:v1,score_date:2026-08-16T00:00:00+0000\n" + undated),
        "done"));
    CHECK(base::to_date(world.assessor.knowledge()->newest_record.value()) == "2026-08-16");
    const std::string again = world.import("epss.csv", undated + "CVE-2026-1002,0.1,0.2\n");
    CHECK(world.says(again, "failed"));
    CHECK(world.says(again, "epss.csv does not say of when it is"));
    CHECK_FALSE(world.says(again, "1970"));
}

TEST_CASE("a feed that is older than the one that is held takes nothing away") {
    World world;
    CHECK(world.says(world.import("kev.json", kev("2026-08-21T00:00:00.000Z", "CVE-2026-1")), "done"));
    const std::string older = world.import("kev-old.json", kev("2025-08-25T00:00:00.000Z", "CVE-2025-1"));
    CHECK(world.says(older, "failed"));
    CHECK(world.says(older, "kev-old.json is of 2025-08-25, older than what is held (kev of 2026-08-21)"));
    CHECK(world.assessor.knowledge()->file.find("CVE-2026-1").size() == 1);
    CHECK(world.files.files.size() == 1);
    CHECK(world.says(world.import("kev.json", kev("2026-09-01T00:00:00.000Z", "CVE-2026-2")), "done"));
    CHECK(world.assessor.knowledge()->file.find("CVE-2026-2").size() == 1);
    CHECK(world.assessor.knowledge()->file.find("CVE-2026-1").empty());
}

TEST_CASE("files of one name for several releases stand beside each other, a tracker replaces itself") {
    World world;
    const auto secdb = [](const std::string& release) {
        return R"({"distroversion":")" + release +
               R"(","reponame":"main","packages":[{"pkg":{"name":"curl","secfixes":{"1-r0":["CVE-2026-1"]}}}]})";
    };
    CHECK(world.says(world.import("main.json", secdb("v3.20")), "done"));
    CHECK(world.says(world.import("main.json", secdb("v3.21")), "done"));
    CHECK(world.control.find<ports::FeedRow>(kTenant, "alpine-v3.20-main"));
    CHECK(world.control.find<ports::FeedRow>(kTenant, "alpine-v3.21-main"));
    CHECK(world.assessor.knowledge()->file.covers("Alpine:v3.20"));
    const auto tracker = [](const std::string& id) {
        return R"({"curl":{")" + id + R"(":{"releases":{"bookworm":{"status":"open"}}}}})";
    };
    CHECK(world.says(world.import("json", tracker("CVE-2026-2")), "done"));
    CHECK(world.says(world.import("debian.json", tracker("CVE-2026-3")), "done"));
    CHECK(world.assessor.knowledge()->file.find("CVE-2026-2").empty());
    CHECK(world.assessor.knowledge()->file.find("CVE-2026-3").size() == 1);
    // Half of one is not taken.
    const std::string half = tracker("CVE-2026-4").substr(0, 60) + "}},";
    CHECK(world.says(world.import("debian.json", half), "cut off or broken in the middle"));
    CHECK(world.assessor.knowledge()->file.find("CVE-2026-3").size() == 1);
}

TEST_CASE("imports that wait together are compiled once, and a file that is no feed stops none of them") {
    World world;
    const auto a = world.send("a.jsonl", osv("GO-1")), b = world.send("b.jsonl", osv("GO-2")),
               no = world.send("notes.txt", "no feed"), c = world.send("c.jsonl", osv("GO-3") + "{broken\n");
    world.settle();
    CHECK(world.files.compiled_times == 1);
    CHECK(world.assessor.knowledge()->file.size() == 3);
    CHECK(world.says(world.end_of(*a), "done"));
    CHECK(world.says(world.end_of(*b), "done"));
    CHECK(world.says(world.end_of(*no), "failed: reading notes.txt"));
    CHECK(world.says(world.end_of(*c), "1 records read, 1 refused (the first: "));
    CHECK(world.files.files.size() == 3);
}

TEST_CASE("a compiled file of another version is compiled again at the start") {
    World world;
    CHECK(world.says(world.import("go.jsonl", osv("GO-1")), "done"));
    world.files.held->held[8] ^= 0x40; // the version of the format
    Assessor next{world.core, world.files, world.jobs, world.executor, world.log};
    REQUIRE(next.start().ok());
    world.settle();
    CHECK(next.knowledge()->file.find("GO-1").size() == 1);
    CHECK(world.files.compiled_times == 2);
}

TEST_CASE(
    "a server without its advisories closes no finding, and makes the compiled file again from the feeds") {
    World world;
    const device::SetId subject = world.device_with("GO-1", "1.0.0");
    CHECK(world.says(world.import("go.jsonl", osv("GO-1")), "done"));
    REQUIRE(world.software.findings(kTenant, subject).size() == 1);

    const std::string feed = world.files.files.at("osv-go.jsonl");
    std::vector<std::unique_ptr<Assessor>> started; // the writer tells each of commits from then on
    const auto start_again = [&] {
        started.push_back(
            std::make_unique<Assessor>(world.core, world.files, world.jobs, world.executor, world.log));
        REQUIRE(started.back()->start().ok());
        world.settle();
        return started.back()->knowledge()->file.size();
    };
    world.files.held = nullptr;
    world.files.files.clear();
    CHECK(start_again() == 0);
    CHECK(world.software.findings(kTenant, subject).size() == 1);
    world.files.files["osv-go.jsonl"] = feed;
    CHECK(start_again() == 1);
    CHECK(world.files.compiled_times == 2);
    CHECK(world.software.findings(kTenant, subject).size() == 1);
}

TEST_CASE("findings are noted a few sets at a time, and an import has ended when all of them are") {
    World world;
    std::string feed;
    std::vector<device::SetId> subjects;
    for (int n = 0; n < 50; ++n) {
        feed += osv("GO-" + std::to_string(n));
        subjects.push_back(world.device_with("GO-" + std::to_string(n), "1.0.0"));
    }
    const auto job = world.send("go.jsonl", feed);
    std::size_t commands = 0;
    for (int i = 0; i < 10'000; ++i) {
        world.executor.run();
        if (!world.journal.busy()) break;
        const std::size_t found = world.findings_under_way();
        CHECK(found <= 16);
        commands += found > 0 ? 1 : 0;
        if (found > 0) CHECK_FALSE(world.says(world.end_of(*job), "done"));
        world.journal.succeed();
    }
    CHECK(commands == 4);
    CHECK(world.says(world.end_of(*job), "done"));
    for (const device::SetId& subject : subjects)
        CHECK(world.software.findings(kTenant, subject).size() == 1);
    // What the next one does not speak of needs no look.
    const std::string again = world.import("more.jsonl", osv("GO-7", "2025-01-01T00:00:00Z") + osv("GO-50"));
    CHECK(world.says(again, "done"));
    CHECK(world.software.findings(kTenant, subjects[7]).size() == 1);
}

TEST_CASE("findings that could not be stored are noted later, by what is known then") {
    World world;
    const device::SetId one = world.device_with("GO-1", "1.0.0"), two = world.device_with("GO-2", "1.0.0");
    const auto first = world.send("go.jsonl", osv("GO-1") + osv("GO-2"));
    for (int i = 0; i < 10'000; ++i) {
        world.executor.run();
        if (!world.journal.busy()) break;
        if (world.findings_under_way() > 0)
            world.journal.fail(base::unavailable("the disk is full"));
        else
            world.journal.succeed();
    }
    CHECK(world.says(world.end_of(*first), "done"));
    CHECK(world.software.findings(kTenant, one).empty());
    // Meanwhile GO-2 is withdrawn; the others are not spoken of again.
    const std::string gone =
        R"({"id":"GO-2","modified":"2025-01-01T00:00:00Z","withdrawn":"2025-01-01T00:00:00Z"})"
        "\n";
    CHECK(world.says(world.import("go.jsonl", osv("GO-1") + gone), "done"));
    CHECK(world.software.findings(kTenant, one).size() == 1);
    CHECK(world.software.findings(kTenant, two).empty());
}

TEST_CASE("findings that could not be stored are tried again without another import") {
    World world;
    const device::SetId one = world.device_with("GO-1", "1.0.0");
    world.send("go.jsonl", osv("GO-1"));
    for (int i = 0; i < 10'000; ++i) {
        world.executor.run();
        if (!world.journal.busy()) break;
        if (world.findings_under_way() > 0)
            world.journal.fail(base::unavailable("the disk is full"));
        else
            world.journal.succeed();
    }
    CHECK(world.software.findings(kTenant, one).empty());
    world.executor.advance(std::chrono::minutes(1));
    world.settle();
    CHECK(world.software.findings(kTenant, one).size() == 1);
}

TEST_CASE(
    "what ended while the server was away ends at the start, though the first look is without advisories") {
    World world;
    const device::SetId subject = world.device_with("GO-1", "1.0.0");
    CHECK(world.says(world.import("go.jsonl", osv("GO-1") + osv("GO-2")), "done"));
    REQUIRE(world.software.findings(kTenant, subject).size() == 1);
    world.files.files.at("osv-go.jsonl") = osv("GO-2");
    world.files.held->held[8] ^= 0x40; // compiled by another version: made again after the start
    Assessor next{world.core, world.files, world.jobs, world.executor, world.log};
    REQUIRE(next.start().ok());
    world.settle();
    CHECK(next.knowledge()->file.find("GO-1").empty());
    CHECK(world.software.findings(kTenant, subject).empty());
}

TEST_CASE("a feed whose import was cancelled before it was compiled is compiled at the next start") {
    World world;
    CHECK(world.says(world.import("go.jsonl", osv("GO-1")), "done"));
    const auto job = world.send("more.jsonl", osv("GO-2"));
    bool cancelled = false;
    for (int i = 0; i < 10'000; ++i) {
        if (!cancelled && world.files.waiting) {
            cancelled = true;
            world.jobs.cancel(kTenant, *job, {"user:anna", "job.cancel", "job", "", "", ""},
                              [](base::Status) {});
        }
        if (world.journal.busy())
            world.journal.succeed();
        else if (!world.executor.step())
            break;
    }
    CHECK(cancelled);
    CHECK(world.says(world.end_of(*job), "cancelled"));
    CHECK(world.files.waiting);
    CHECK(world.assessor.knowledge()->file.find("GO-2").empty());
    Assessor next{world.core, world.files, world.jobs, world.executor, world.log};
    REQUIRE(next.start().ok());
    world.settle();
    CHECK(next.knowledge()->file.find("GO-2").size() == 1);
    CHECK_FALSE(world.files.waiting);
    CHECK(world.files.compiled_times == 2);
}

TEST_CASE("a feed that lost many of its records is refused, unless it is forced") {
    World world;
    std::string many, few;
    for (int i = 0; i < 40; ++i)
        (i < 20 ? few : many) += osv("GO-" + std::to_string(i));
    many += few;
    CHECK(world.says(world.import("go.jsonl", many), "done"));
    const std::string refused = world.import("go.jsonl", few);
    CHECK(world.says(refused, "failed: go.jsonl has 20 records where 40 are held (osv-go.jsonl)"));
    CHECK(world.says(refused, "--force"));
    CHECK(world.assessor.knowledge()->file.size() == 40);
    CHECK(world.files.files.size() == 1);
    CHECK(world.says(world.import("go.jsonl", few, Force::yes),
                     "done: 20 records read; 20 advisories at hand"));
    CHECK(world.says(world.import("kev.json", kev("2026-08-21T00:00:00.000Z", "CVE-2026-1")), "done"));
    CHECK(world.says(world.import("old.json", kev("2025-08-21T00:00:00.000Z", "CVE-2025-1"), Force::yes),
                     "done"));
    CHECK(world.assessor.knowledge()->file.find("CVE-2025-1").size() == 1);
    // What was forced is what the next is compared with.
    CHECK(world.says(world.import("kev.json", kev("2025-09-21T00:00:00.000Z", "CVE-2025-2")), "done"));
}

TEST_CASE("of feeds that came together none is imported when one cannot be") {
    World world;
    CHECK(world.says(world.import("kev.json", kev("2026-08-21T00:00:00.000Z", "CVE-2026-1")), "done"));
    Arrivals both;
    both.together = Together::yes;
    both.feeds = {{"", "go.jsonl", "", "", {}}, {"", "kev.json", "", "", {}}};
    const std::string end = world.import(both, {osv("GO-1"), kev("2025-08-21T00:00:00.000Z", "CVE-2025-1")});
    CHECK(world.says(end, "failed: nothing was imported: kev.json is of 2025-08-21, older"));
    CHECK(world.files.files.size() == 1);
    CHECK(world.assessor.knowledge()->file.size() == 1);
    both.force = Force::yes;
    CHECK(world.says(world.import(both, {osv("GO-1"), kev("2025-08-21T00:00:00.000Z", "CVE-2025-1")}),
                     "done: 2 feeds with 2 records read; 2 advisories at hand"));
    CHECK(world.files.compiled_times == 2);
}

TEST_CASE("of the parts of a source each is imported that can be, and the others are named") {
    World world;
    Arrivals parts;
    parts.feeds = {{"", "all.zip", "osv-Go", "osv", {}},
                   {"", "all.zip", "osv-PyPI", "osv", {}},
                   {"", "all.zip", "osv-npm", "kev", {}}};
    const std::string end = world.import(parts, {osv("GO-1"), "<html>sign in</html>", osv("GO-3")});
    CHECK(world.says(
        end, "failed: 1 feeds with 1 records read; 1 advisories at hand; not imported: reading all.zip"));
    CHECK(world.says(end, "all.zip has records of the kind osv, where kev was expected"));
    CHECK(world.control.find<ports::FeedRow>(kTenant, "osv-Go"));
    CHECK(world.files.files.size() == 1);
    // The same again is of now, since the source still has it; nobody is told.
    world.clock.wall_offset += std::chrono::hours(100);
    const auto before = world.writer.feed().newest();
    parts.feeds.resize(1);
    CHECK(world.says(world.import(parts, {osv("GO-1")}), "nothing changed"));
    CHECK(world.control.find<ports::FeedRow>(kTenant, "osv-Go")->imported == world.clock.now());
    for (const auto& change :
         world.writer.feed().read(kTenant, before, 100).value_or(std::vector<ports::ChangeRow>()))
        CHECK(change.kind != "feed");
}

namespace {

std::string bundle(const std::vector<std::pair<std::string, std::string>>& feeds) {
    feed_bundle::Manifest manifest;
    std::vector<tar::Entry> files{{"manifest.json", ""}};
    for (const auto& [name, text] : feeds) {
        feed_bundle::Entry entry;
        entry.name = name;
        entry.size = text.size();
        entry.sha256 = base::sha256(text);
        if (name.starts_with("osv-")) entry.part = name;
        manifest.entries.push_back(entry);
        files.push_back({"feeds/" + name, text});
    }
    files.front().content = feed_bundle::to_json(manifest);
    return tar::archive(files, {}).value();
}

} // namespace

TEST_CASE("a bundle is imported whole or not at all") {
    World world;
    const std::string good =
        bundle({{"kev.json", kev("2026-08-21T00:00:00.000Z", "CVE-2026-1")}, {"osv-Go", osv("GO-1")}});
    std::string damaged = good;
    damaged[good.find("GO-1")] ^= 1;
    const std::string refused = world.import("feeds.tar", damaged);
    CHECK(world.says(refused, "failed: nothing was imported of feeds.tar: "));
    CHECK(world.says(refused, "osv-Go is not what the bundle's manifest says"));
    CHECK(world.files.files.empty());
    CHECK(world.says(world.import("feeds.tar", good.substr(0, good.size() - 2000)), "failed"));
    CHECK(world.files.files.empty());
    CHECK(world.says(world.import("feeds.tar", good),
                     "done: 2 feeds with 2 records read; 2 advisories at hand"));
    CHECK(world.files.compiled_times == 1);
    CHECK(world.control.find<ports::FeedRow>(kTenant, "kev"));
    CHECK(world.control.find<ports::FeedRow>(kTenant, "osv-Go"));
    // An older one changes nothing, also not by what is new in it.
    const std::string older =
        bundle({{"osv-Go", osv("GO-2")}, {"kev.json", kev("2025-08-21T00:00:00.000Z", "CVE-2025-1")}});
    CHECK(world.says(world.import("older.tar", older),
                     "failed: nothing was imported: kev.json is of 2025-08-21"));
    CHECK(world.assessor.knowledge()->file.find("GO-2").empty());
    CHECK(world.files.files.size() == 2);
    CHECK(world.says(world.import("older.tar", older, Force::yes), "done"));
    CHECK(world.assessor.knowledge()->file.find("GO-2").size() == 1);
}

TEST_CASE(
    "scores of earlier days are history, in whichever order they come, and what rose on a device is told") {
    World world;
    const auto scores = [](const std::string& day, const std::string& of) {
        return "#model_version:v2025.03.14,score_date:" + day +
               "T00:00:00+0000\ncve,epss,percentile\nCVE-2026-1000," + of + ",0.5\nCVE-2026-2000,0.01,0.5\n";
    };
    const std::string record = osv("CVE-2026-1000") + osv("CVE-2026-2000");
    CHECK(world.says(world.import("go.jsonl", record), "done"));
    world.device_with("CVE-2026-1000", "1.0.0");
    world.device_with("CVE-2026-2000", "1.0.0");
    CHECK(world.says(world.import("epss.csv", scores("2026-08-16", "0.6")), "done"));
    CHECK(world.assessor.knowledge()->risen.empty());
    // A file of before takes nothing of the present scores, and is no feed of its own.
    CHECK(world.says(world.import("epss-july.csv", scores("2026-07-01", "0.05")),
                     "done: 2 scores of 2026-07-01 kept as history; the present ones are of 2026-08-16"));
    CHECK(world.files.files.size() == 2);
    // It is there when the next is compiled.
    CHECK(world.says(world.import("more.jsonl", osv("GO-1")), "done"));
    const auto knowledge = world.assessor.knowledge();
    const auto of = knowledge->scores->of("CVE-2026-1000");
    REQUIRE(of.size() == 2);
    CHECK(risk::lev(of)->probability > 0.05);
    REQUIRE(knowledge->risen.size() == 1);
    CHECK(knowledge->file.id(knowledge->risen.front()) == "CVE-2026-1000");
    const auto everything = world.select("");
    CHECK(risen(world.live, *world.assessor.fleet(kTenant), everything).advisories ==
          std::vector<std::string>{"CVE-2026-1000"});
    // Known to be exploited says more.
    CHECK(world.says(world.import("kev.json", kev("2026-08-20T00:00:00.000Z", "CVE-2026-1000")), "done"));
    CHECK(risen(world.live, *world.assessor.fleet(kTenant), everything).advisories.empty());
    // A damaged history is begun anew.
    world.files.history = base::Bytes{1, 2, 3};
    CHECK(world.says(world.import("epss.csv", scores("2026-08-21", "0.7")), "done"));
    CHECK(world.assessor.knowledge()->scores->of("CVE-2026-1000").size() == 1);
}
