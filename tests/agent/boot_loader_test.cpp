// SPDX-License-Identifier: Apache-2.0
#include "bench_device.hpp"

#include <boot_loader.hpp>

using namespace oakum;
using namespace oakum::agent;
using namespace oakum::agent::test;

TEST_CASE("a GRUB environment block is read as GRUB's own tool writes it, and the other way round") {
    if (!installed({"grub-editenv"})) return;
    const Folder folder;
    const auto file = folder.path / "grubenv";
    REQUIRE(run_tool({{"grub-editenv", file.string(), "create"}}).ok());
    REQUIRE(run_tool({{"grub-editenv", file.string(), "set", "saved_entry=a b", "odd=back\\slash"}}).ok());
    GrubEnvironment environment(file);
    CHECK(environment.read().value() == BootVariables{{"saved_entry", "a b"}, {"odd", "back\\slash"}});
    REQUIRE(environment.write({{"oakum_active", "a"}, {"oakum_trying", "b"}, {"oakum_tries", "3"}}).ok());
    REQUIRE(environment.write({{"oakum_trying", ""}, {"oakum_tries", ""}}).ok());
    const auto listed = run_tool({{"grub-editenv", file.string(), "list"}});
    REQUIRE(listed.ok());
    CHECK(listed->output == "oakum_active=a\nodd=back\\slash\nsaved_entry=a b\n");
    CHECK(std::filesystem::file_size(file) == 1024);
}

TEST_CASE("a GRUB environment block that is damaged or full is refused") {
    const std::string good = make_grub_block({{"a", "b"}}).value();
    CHECK(parse_grub_block(good).value() == BootVariables{{"a", "b"}});
    CHECK(parse_grub_block(good.substr(1)).error().kind == base::ErrorKind::corrupt);
    CHECK(parse_grub_block("").error().kind == base::ErrorKind::corrupt);
    CHECK(parse_grub_block(std::string(1024, '\0')).error().kind == base::ErrorKind::corrupt);
    CHECK(make_grub_block({{"a", std::string(1000, 'x')}}).error().kind == base::ErrorKind::too_large);
    for (std::size_t at = 25; at < good.size(); at += 7) {
        std::string changed = good;
        changed[at] = '\\';
        const auto read = parse_grub_block(changed);
        if (read.ok()) CHECK(make_grub_block(*read).ok());
    }
}

TEST_CASE("the variables of U-Boot's own tools are changed in one write, and the others stay") {
    if (!installed({"fw_setenv", "fw_printenv", "mkenvimage"})) return;
    const Folder folder;
    const auto name = [&](const char* of) { return (folder.path / of).string(); };
    std::ofstream(name("text")) << "bootcmd=run oakum\noakum_active=a\n";
    REQUIRE(run_tool({{"mkenvimage", "-r", "-s", "0x2000", "-o", name("one"), name("text")}}).ok());
    const std::string one = system::read_bounded(name("one"), 1 << 20).value();
    std::ofstream(name("env"), std::ios::binary) << one << one;
    std::ofstream(name("config")) << name("env") << " 0x0 0x2000\n" << name("env") << " 0x2000 0x2000\n";
    std::ofstream(name("cmdline")) << "console=ttyS0 root=/dev/mmcblk0p2 oakum.slot=a quiet\n";
    VariableLoader loader(std::make_unique<UBootEnvironment>(name("config")), name("cmdline"));
    UBootEnvironment environment(name("config"));

    CHECK(loader.look()->running == "a");
    CHECK(loader.look()->next == "a");
    REQUIRE(loader.try_next("b", 3).ok());
    CHECK(loader.look()->next == "b");
    CHECK(environment.read().value() ==
          BootVariables{
              {"bootcmd", "run oakum"}, {"oakum_active", "a"}, {"oakum_trying", "b"}, {"oakum_tries", "3"}});
    // What is so already is not written: flash wears.
    const std::string before = system::read_bounded(name("env"), 1 << 20).value();
    REQUIRE(loader.try_next("b", 3).ok());
    CHECK(system::read_bounded(name("env"), 1 << 20).value() == before);
    // A cut in the middle of writing one copy leaves the other.
    std::string torn = before;
    const std::size_t newer = torn[4] > torn[0x2004] ? 0 : 0x2000;
    torn.replace(newer + 100, 50, std::string(50, '!'));
    std::ofstream(name("env"), std::ios::binary) << torn;
    CHECK(loader.look()->next == "a");
    REQUIRE(loader.refuse("b").ok());
    CHECK(environment.read().value() == BootVariables{{"bootcmd", "run oakum"}, {"oakum_active", "a"}});

    std::ofstream(name("cmdline")) << "quiet notoakum.slot=b\n";
    CHECK(loader.look().error().kind == base::ErrorKind::corrupt);
    std::ofstream(name("env"), std::ios::binary) << std::string(0x4000, '\xff');
    CHECK_FALSE(environment.read().ok());
}
