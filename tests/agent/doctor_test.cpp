// SPDX-License-Identifier: Apache-2.0
#include "device.hpp"

#include <boot_loader.hpp>
#include <doctor.hpp>

#include <algorithm>
#include <fstream>

using namespace oakum;
using namespace oakum::agent;
using namespace oakum::agent::test;
using Level = Finding::Level;

namespace {

// A device with two partitions and GRUB's block, as files.
struct Bench {
    Bench() {
        config.folder = folder.path;
        config.serial = "GW-1";
        config.backend.kind = BackendConfig::Kind::partitions;
        config.backend.loader = BackendConfig::Loader::grub;
        config.backend.environment = folder.path / "grubenv";
        config.backend.command_line = folder.path / "cmdline";
        config.backend.restart = {"/bin/true"};
        config.settings.spare_bytes = 0;
        std::filesystem::create_directories(folder.path / "staging");
        for (const char* slot : {"a", "b"}) {
            config.backend.partitions[""][slot] = folder.path / (std::string("slot-") + slot);
            fill(slot, 4096);
        }
        std::ofstream(config.backend.command_line) << "quiet oakum.slot=a\n";
        std::ofstream(config.backend.environment) << make_grub_block({{"oakum_active", "a"}}).value();
    }
    void fill(const std::string& slot, std::size_t size) {
        std::ofstream(config.backend.partitions[""][slot]) << std::string(size, 'x');
    }
    // The findings of one kind, as "level: sentence -> remedy".
    std::string about(const std::string& what) const {
        system::SystemClock clock;
        std::string text;
        for (const Finding& finding : Examination(config, clock.now()).all()) {
            if (finding.what != what) continue;
            text += finding.level == Level::well      ? "well"
                    : finding.level == Level::warning ? "warning"
                                                      : "ill";
            text += ": " + finding.sentence + (finding.remedy.empty() ? "" : " -> " + finding.remedy) + "\n";
        }
        return text;
    }
    Folder folder;
    Config config;
};

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a doctor of a device with partitions and a boot loader") {
    Bench bench;
    CHECK(bench.about("boot loader") == "well: slot a runs, the next start takes slot a\n");
    CHECK(bench.about("slots") == "well: the partitions have 4096 and 4096 bytes\n");
    CHECK(bench.about("programs") == "well: /bin/true\n");
    CHECK(has(bench.about("identity"), "ill: "));
    CHECK(has(bench.about("server"), "warning: was not asked"));

    SUBCASE("on trial") {
        std::ofstream(bench.config.backend.environment)
            << make_grub_block({{"oakum_active", "a"}, {"oakum_trying", "b"}, {"oakum_tries", "3"}}).value();
        CHECK(has(bench.about("boot loader"), "warning: slot a runs, the next start takes slot b -> "));
    }
    SUBCASE("a boot loader that does not say what it started") {
        std::ofstream(bench.config.backend.command_line) << "quiet\n";
        CHECK(has(bench.about("boot loader"), "ill: "));
        CHECK(bench.about("slots").empty());
    }
    SUBCASE("a torn environment") {
        std::ofstream(bench.config.backend.environment) << "oakum_active=a";
        CHECK(has(bench.about("boot loader"), "ill: "));
    }
    SUBCASE("a partition that is smaller") {
        bench.fill("b", 1000);
        CHECK(has(bench.about("slots"), "warning: the partitions differ: 4096 and 1000 bytes -> "));
    }
    SUBCASE("a partition that is not there") {
        std::filesystem::remove(bench.config.backend.partitions[""]["b"]);
        CHECK(has(bench.about("slots"), "ill: slot.b: opening "));
    }
    SUBCASE("programs that are not there") {
        bench.config.backend.restart = {"no-such-restart"};
        bench.config.health_command = {"/nowhere/check"};
        const std::string said = bench.about("programs");
        CHECK(has(said, "ill: no-such-restart is not there, or may not be run -> correct agent.conf\n"));
        CHECK(has(said, "ill: /nowhere/check is not there"));
    }
    SUBCASE("a full disk") {
        bench.config.settings.spare_bytes = 1ULL << 60;
        CHECK(has(bench.about("room"), "ill: "));
    }
}

TEST_CASE("a doctor of a clock that was never set") {
    const Bench bench;
    const Findings findings = Examination(bench.config, base::from_unix_ms(86'400'000)).all();
    const auto clock = std::ranges::find(findings, "clock", &Finding::what);
    REQUIRE(clock != findings.end());
    CHECK(clock->level == Level::ill);
    CHECK(has(clock->sentence, "1970-01-02"));
}
