// SPDX-License-Identifier: Apache-2.0
#include "bench_device.hpp"

#include <boot_loader.hpp>

using namespace oakum;
using namespace oakum::agent;
using namespace oakum::agent::test;

namespace {

// The script of docs/agent.md, played on the real environment: picks a slot, counts, starts it, and does so
// again while nothing comes up.
void boot(const BenchDevice& device, BootEnvironment& environment) {
    for (int starts = 0; starts < 10; ++starts) {
        BootVariables variables = environment.read().value();
        std::string slot = variables["oakum_active"];
        const std::string trying = variables["oakum_trying"];
        const int tries = trying.empty() ? 0 : std::atoi(variables["oakum_tries"].c_str());
        if (tries > 0) {
            REQUIRE(environment.write({{"oakum_tries", std::to_string(tries - 1)}}).ok());
            slot = trying;
        }
        REQUIRE(system::write_durably(device.path("cmdline"), "quiet oakum.slot=" + slot + "\n").ok());
        if (device.bring_up(slot)) return;
    }
    FAIL("nothing comes up: a brick");
}

struct UBoot {
    explicit UBoot(const BenchDevice& device) {
        device.put("text", "bootcmd=run oakum\noakum_active=a\n");
        REQUIRE(
            run_tool({{"mkenvimage", "-r", "-s", "0x2000", "-o", device.path("one"), device.path("text")}})
                .ok());
        device.put("env", device.get("one") + device.get("one"));
        device.put("config", device.path("env") + " 0x0 0x2000\n" + device.path("env") + " 0x2000 0x2000\n");
    }
};

std::string common(const std::string& folder) {
    return "boot.command_line = " + folder + "/cmdline\n";
}

} // namespace

TEST_CASE(
    "partitions and U-Boot: a good update stays, an ill or dead one is left again, and the server knows") {
    if (!installed({"fw_setenv", "fw_printenv", "mkenvimage"})) return;
    struct Case {
        const char* kind;
        install::State end;
        install::Reason reason;
    };
    for (const Case& each : {Case{"good", install::State::verified, install::Reason::none},
                             Case{"ill", install::State::rolled_back, install::Reason::health_failed},
                             Case{"dead", install::State::rolled_back, install::Reason::boot_failed}}) {
        const std::string kind = each.kind;
        CAPTURE(kind);
        BenchDevice device([](const std::string& in) {
            return "backend = partitions\nboot.loader = uboot\nboot.environment = " + in +
                   "/config\nslot.a = " + in + "/a.img\nslot.b = " + in + "/b.img\n" + common(in);
        });
        const UBoot made(device);
        UBootEnvironment environment(device.path("config"));
        device.put("a.img", system_image("1.0"));
        device.update(system_image("2.0", kind), "raw", [&] { boot(device, environment); });
        CHECK_MESSAGE(device.backend.server.state == each.end, device.ended());
        CHECK(device.backend.server.reason == each.reason);
        const bool stays = each.end == install::State::verified;
        BootVariables left{{"bootcmd", "run oakum"}, {"oakum_active", stays ? "b" : "a"}};
        // Here the boot loader itself gave up, and leaves what it counted.
        if (kind == "dead") left.insert({{"oakum_trying", "b"}, {"oakum_tries", "0"}});
        CHECK(environment.read().value() == left);
        boot(device, environment);
        CHECK(device.get("root/etc/os-release") == (stays ? "VERSION_ID=2.0\n" : "VERSION_ID=1.0\n"));
        if (!stays) continue;
        // And back into the first slot.
        device.update(system_image("3.0"), "raw", [&] { boot(device, environment); }, "3.0");
        CHECK_MESSAGE(device.backend.server.state == install::State::verified, device.ended());
        boot(device, environment);
        CHECK(device.get("root/etc/os-release") == "VERSION_ID=3.0\n");
        CHECK(device.get("cmdline") == "quiet oakum.slot=a\n");
    }
}

TEST_CASE("partitions and GRUB: kernel and system go together, or neither does") {
    BenchDevice device([](const std::string& in) {
        return "backend = partitions\nboot.loader = grub\nboot.environment = " + in +
               "/grubenv\nslot.a.rootfs = " + in + "/a.img\nslot.b.rootfs = " + in +
               "/b.img\nslot.a.kernel = " + in + "/ka.img\nslot.b.kernel = " + in + "/kb.img\n" + common(in);
    });
    device.put("grubenv", make_grub_block({{"oakum_active", "a"}, {"saved_entry", "x"}}).value());
    for (const char* name : {"ka.img", "kb.img"})
        device.put(name, std::string(50'000, 'k'));
    GrubEnvironment environment(device.path("grubenv"));
    device.put("a.img", system_image("1.0"));
    const auto start = [&] { boot(device, environment); };

    // The second of two does not fit: the slot that runs is untouched, and the other is not started.
    device.backend.terms.budget.install = 1;
    device.update(
        Tar().file("kernel", "kernel 2").file("rootfs", system_image("2.0", "good", (1 << 20) + 1)).done(),
        "tar", start);
    CHECK_MESSAGE(device.backend.server.state == install::State::failed, device.ended());
    CHECK(environment.read().value() == BootVariables{{"oakum_active", "a"}, {"saved_entry", "x"}});
    boot(device, environment);
    CHECK(device.get("root/etc/os-release") == "VERSION_ID=1.0\n");

    device.update(Tar().file("kernel", "kernel 2").file("rootfs", system_image("2.0")).done(), "tar", start);
    CHECK_MESSAGE(device.backend.server.state == install::State::verified, device.ended());
    CHECK(environment.read().value() == BootVariables{{"oakum_active", "b"}, {"saved_entry", "x"}});
    boot(device, environment);
    CHECK(device.get("root/etc/os-release") == "VERSION_ID=2.0\n");
    CHECK(device.get("kb.img").starts_with("kernel 2kkk"));
    CHECK(device.get("ka.img") == std::string(50'000, 'k'));
}

TEST_CASE("a boot loader that does not do as it is told does not keep a device restarting for ever") {
    BenchDevice device([](const std::string& in) {
        return "backend = partitions\nboot.loader = grub\nboot.environment = " + in +
               "/grubenv\nslot.a = " + in + "/a.img\nslot.b = " + in + "/b.img\n" + common(in);
    });
    device.put("grubenv", make_grub_block({{"oakum_active", "a"}}).value());
    device.put("a.img", system_image("1.0"));
    int starts = 0;
    device.update(system_image("2.0"), "raw", [&] {
        ++starts;
        REQUIRE(system::write_durably(device.path("cmdline"), "oakum.slot=a\n").ok());
        REQUIRE(device.bring_up("a"));
    });
    CHECK_MESSAGE(device.backend.server.state == install::State::rolled_back, device.ended());
    CHECK(device.backend.server.reason == install::Reason::boot_failed);
    CHECK(starts == 3); // the first, and two tries
    CHECK(GrubEnvironment(device.path("grubenv")).read().value() == BootVariables{{"oakum_active", "a"}});
}

TEST_CASE("what a configuration of a backend lacks is named") {
    const auto said = [](const std::string& lines) {
        const auto read = parse_config("server = https://h\nserial = s\nmodel = m\n" + lines);
        return read.ok() ? std::string("fine") : read.error().text();
    };
    CHECK(said("") == "fine");
    CHECK(said("backend = rauc\n") == "fine");
    CHECK(said("backend = floppy\n").find("\"partitions\"") != std::string::npos);
    CHECK(said("backend = partitions\n").find("boot.loader is missing") != std::string::npos);
    const std::string loader = "backend = partitions\nboot.loader = uboot\n";
    CHECK(said(loader).find("boot.environment is missing") != std::string::npos);
    const std::string uboot = loader + "boot.environment = /etc/fw_env.config\n";
    CHECK(said(uboot).find("slot.a and slot.b are missing") != std::string::npos);
    CHECK(said(uboot + "slot.a = /dev/x\n").find("slot.b is missing") != std::string::npos);
    CHECK(said(uboot + "slot.a = /dev/x\nslot.b = /dev/x\n").find("slot.a is slot.b") != std::string::npos);
    CHECK(said(uboot + "slot.c = /dev/x\n").find("slot.a.NAME") != std::string::npos);
    CHECK(said(uboot + "slot.a = dev/x\n").find("begins with '/'") != std::string::npos);
    CHECK(said(uboot + "slot.a = /dev/x\nslot.b = /dev/y\n") == "fine");
    CHECK(said(uboot + "slot.a = /dev/x\nslot.b = /dev/y\nslot.a.k = /dev/z\nslot.b.k = /dev/q\n")
              .find("name all components") != std::string::npos);
    CHECK(
        said(uboot + "slot.a = /dev/x\nslot.b = /dev/y\nhealth.command = bin/health2\n").find("whole path") !=
        std::string::npos);
    CHECK(said("health.command = /bin/health\n").find("running slot") != std::string::npos);
}
