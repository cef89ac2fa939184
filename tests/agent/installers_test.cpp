// SPDX-License-Identifier: Apache-2.0
#include "bench_device.hpp"

#include <boot_loader.hpp>
#include <rauc.hpp>

using namespace oakum;
using namespace oakum::agent;
using namespace oakum::agent::test;

namespace {

void must(const std::vector<std::string>& words, const std::string& folder = "/") {
    Tool tool{words};
    tool.environment = {{"HOME", folder}};
    const auto done = run_tool(tool);
    REQUIRE_MESSAGE(done.ok(), (done.ok() ? "" : done.error().text()));
}

void make_key(const BenchDevice& device) {
    must({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
          "-keyout", device.path("key.pem"), "-out", device.path("cert.pem"), "-days", "30", "-subj",
          "/O=Test/CN=maker", "-addext", "extendedKeyUsage=emailProtection,codeSigning"});
}

// ---- RAUC: its service on a bus of its own, with a boot loader of four files.

const char* const rauc_boot = R"(#!/bin/sh
D=$(dirname "$0")/boot
case $1 in
get-primary) cat "$D/primary" ;;
set-primary) echo "$2" >"$D/primary"; echo good >"$D/state.$2" ;;
get-state) cat "$D/state.$2" ;;
set-state) echo "$3" >"$D/state.$2" ;;
esac
)";

struct RaucBench {
    RaucBench()
        : device(
              [](const std::string& in) { return "backend = rauc\nrauc.bus = unix:path=" + in + "/bus\n"; }) {
        for (const char* name : {"boot", "mnt", "content"})
            std::filesystem::create_directories(device.path(name));
        make_key(device);
        device.put("boot.sh", rauc_boot);
        std::filesystem::permissions(device.path("boot.sh"), std::filesystem::perms::owner_all);
        device.put("boot/primary", "system0\n");
        device.put("boot/state.system0", "good\n");
        device.put("boot/state.system1", "good\n");
        device.put("system.conf",
                   "[system]\ncompatible=AC-GW200\nbootloader=custom\n" + activates +
                       "statusfile=" + device.path("central.status") + "\nmountprefix=" + device.path("mnt") +
                       "\n[keyring]\npath=" + device.path("cert.pem") +
                       "\n[handlers]\nbootloader-custom-backend=" + device.path("boot.sh") +
                       "\n[slot.rootfs.0]\ndevice=" + device.path("a.img") +
                       "\ntype=raw\nbootname=system0\n[slot.rootfs.1]\ndevice=" + device.path("b.img") +
                       "\ntype=raw\nbootname=system1\n");
        device.put(
            "bus.conf",
            "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" "
            "\"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n<busconfig><type>system</type>"
            "<listen>unix:path=" +
                device.path("bus") +
                "</listen><auth>EXTERNAL</auth><policy context=\"default\"><allow send_destination=\"*\"/>"
                "<allow own=\"*\"/><allow eavesdrop=\"true\"/><allow user=\"*\"/></policy></busconfig>\n");
        bus.emplace(std::vector<std::string>{"/usr/bin/dbus-daemon",
                                             "--config-file=" + device.path("bus.conf"), "--nofork",
                                             "--nopidfile"},
                    std::vector<std::string>{}, device.path("bus.log"));
        REQUIRE_MESSAGE(comes_true([&] { return std::filesystem::exists(device.path("bus")); }),
                        device.get("bus.log"));
        device.put("a.img", system_image("1.0"));
    }
    std::string bundle(const std::string& version, const std::string& kind) {
        device.put("content/rootfs.img", system_image(version, kind));
        // RAUC adds to it.
        REQUIRE(system::write_durably(device.path("content/manifest.raucm"),
                                      "[update]\ncompatible=AC-GW200\nversion=" + version +
                                          "\n[image.rootfs]\nfilename=rootfs.img\n")
                    .ok());
        const std::string file = device.path(version + kind + ".raucb");
        must({"rauc", "--cert=" + device.path("cert.pem"), "--key=" + device.path("key.pem"), "bundle",
              device.path("content"), file});
        return system::read_bounded(file, 8 << 20).value();
    }
    // The boot loader's choice, then the service of the system that came up.
    void boot() {
        service.reset();
        const auto line = [&](const std::string& file) {
            const std::string text = device.get(file);
            return text.substr(0, text.find('\n'));
        };
        std::string name;
        for (int starts = 0;; ++starts) {
            REQUIRE_MESSAGE(starts < 5, "nothing comes up: a brick");
            name = line("boot/primary");
            if (line("boot/state." + name) == "bad") name = name == "system0" ? "system1" : "system0";
            if (device.bring_up(name == "system0" ? "a" : "b")) break;
            // Its tries are spent.
            REQUIRE(system::write_durably(device.path("boot/state." + name), "bad\n").ok());
            REQUIRE(system::write_durably(device.path("boot/primary"),
                                          name == "system0" ? "system1\n" : "system0\n")
                        .ok());
        }
        service.emplace(std::vector<std::string>{"/usr/bin/rauc", "--conf=" + device.path("system.conf"),
                                                 "--override-boot-slot=" + name, "service"},
                        std::vector<std::string>{"DBUS_SYSTEM_BUS_ADDRESS=unix:path=" + device.path("bus"),
                                                 "PATH=/usr/sbin:/usr/bin:/sbin:/bin"},
                        device.path("rauc.log"));
        Rauc rauc({download_of(device.config), device.config.backend.bus, 0});
        REQUIRE_MESSAGE(comes_true([&] { return rauc.look().ok(); }), device.get("rauc.log"));
    }
    static inline std::string activates = "activate-installed=false\n";
    BenchDevice device;
    std::optional<Beside> bus, service;
};

bool rauc_can_run() {
    if (!installed({"rauc", "dbus-daemon", "mksquashfs", "openssl"})) return false;
    if (::geteuid() == 0 && ::access("/dev/loop-control", W_OK) == 0) return true;
    MESSAGE("SKIPPED: RAUC mounts its bundles, which needs root and /dev/loop-control");
    return false;
}

// ---- SWUpdate: its daemon with a socket in a folder of its own, and U-Boot's environment.

std::string cpio_of(const std::vector<std::pair<std::string, std::string>>& files) {
    std::string out;
    const auto add = [&](const std::string& name, const std::string& content, unsigned number) {
        unsigned sum = 0;
        for (const char c : content)
            sum += static_cast<unsigned char>(c);
        char header[111];
        std::snprintf(header, sizeof header, "070702%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
                      number, 0100644, 0, 0, 1, 0, static_cast<unsigned>(content.size()), 0, 0, 0, 0,
                      static_cast<unsigned>(name.size() + 1), number == 0 ? 0 : sum);
        out += header + name + '\0';
        out.append((4 - out.size() % 4) % 4, '\0');
        out += content;
        out.append((4 - out.size() % 4) % 4, '\0');
    };
    unsigned number = 0;
    for (const auto& [name, content] : files)
        add(name, content, ++number);
    add("TRAILER!!!", "", 0);
    out.append((512 - out.size() % 512) % 512, '\0');
    return out;
}

struct SwupdateBench {
    SwupdateBench()
        : device([](const std::string& in) {
              return "backend = swupdate\nboot.loader = uboot\nboot.environment = " + in +
                     "/config\nswupdate.sockets = " + in + "/sockets\nslot.a.rootfs.img = " + in +
                     "/a.img\nslot.b.rootfs.img = " + in + "/b.img\nboot.command_line = " + in + "/cmdline\n";
          }),
          environment(device.path("config")) {
        std::filesystem::create_directories(device.path("sockets"));
        make_key(device);
        device.put("text", "oakum_active=a\n");
        must({"mkenvimage", "-r", "-s", "0x2000", "-o", device.path("one"), device.path("text")});
        device.put("env", device.get("one") + device.get("one"));
        device.put("config", device.path("env") + " 0x0 0x2000\n" + device.path("env") + " 0x2000 0x2000\n");
        device.put("a.img", system_image("1.0"));
        service.emplace(std::vector<std::string>{"/usr/bin/swupdate", "-k", device.path("cert.pem"), "-H",
                                                 "dev:1.0", "-q", "stable,a", "-q", "stable,b"},
                        std::vector<std::string>{"TMPDIR=" + device.path("sockets"),
                                                 "PATH=/usr/sbin:/usr/bin:/sbin:/bin"},
                        device.path("swupdate.log"));
        REQUIRE_MESSAGE(
            comes_true([&] { return std::filesystem::exists(device.path("sockets/sockinstctrl")); }),
            device.get("swupdate.log"));
    }
    std::string archive(const std::string& version, const std::string& kind) {
        const std::string image = system_image(version, kind);
        const auto part = [&](const std::string& slot) {
            return slot + ": { images: ( { filename = \"rootfs.img\"; device = \"" +
                   device.path(slot + ".img") + "\"; type = \"raw\"; sha256 = \"" +
                   base::sha256(image).hex() + "\"; } ); };\n";
        };
        const std::string description = "software = {\nversion = \"" + version +
                                        "\";\nhardware-compatibility: [ \"1.0\" ];\nstable = {\n" +
                                        part("a") + part("b") + "};\n}\n";
        REQUIRE(system::write_durably(device.path("sw-description"), description).ok());
        must({"openssl", "cms", "-sign", "-in", device.path("sw-description"), "-out",
              device.path("signature"), "-signer", device.path("cert.pem"), "-inkey", device.path("key.pem"),
              "-outform", "DER", "-nosmimecap", "-binary"});
        return cpio_of(
            {{"sw-description", description},
             {"sw-description.sig", system::read_bounded(device.path("signature"), 1 << 20).value()},
             {"rootfs.img", image}});
    }
    void boot() {
        for (int starts = 0;; ++starts) {
            REQUIRE_MESSAGE(starts < 9, "nothing comes up: a brick");
            BootVariables variables = environment.read().value();
            std::string slot = variables["oakum_active"];
            const int tries = std::atoi(variables["oakum_tries"].c_str());
            if (!variables["oakum_trying"].empty() && tries > 0) {
                REQUIRE(environment.write({{"oakum_tries", std::to_string(tries - 1)}}).ok());
                slot = variables["oakum_trying"];
            }
            REQUIRE(system::write_durably(device.path("cmdline"), "oakum.slot=" + slot + "\n").ok());
            if (device.bring_up(slot)) return;
        }
    }
    BenchDevice device;
    UBootEnvironment environment;
    std::optional<Beside> service;
};

struct Way {
    const char* kind;
    install::State end;
    install::Reason reason;
};
constexpr Way ways[] = {{"ill", install::State::rolled_back, install::Reason::health_failed},
                        {"dead", install::State::rolled_back, install::Reason::boot_failed},
                        {"good", install::State::verified, install::Reason::none}};

} // namespace

TEST_CASE("the real RAUC, over D-Bus: a good bundle stays, an ill or dead one is left again") {
    if (!rauc_can_run()) return;
    RaucBench bench;
    BenchDevice& device = bench.device;
    for (const Way& way : ways) {
        const std::string kind = way.kind;
        CAPTURE(kind);
        device.update(bench.bundle("2.0", kind), "raucb", [&] { bench.boot(); });
        const std::string end = device.ended() + "\n" + device.get("rauc.log");
        CHECK_MESSAGE(device.backend.server.state == way.end, end);
        CHECK_MESSAGE(device.backend.server.reason == way.reason, end);
        const bool stays = way.end == install::State::verified;
        bench.boot();
        CHECK(device.get("root/etc/os-release") == (stays ? "VERSION_ID=2.0\n" : "VERSION_ID=1.0\n"));
        CHECK(device.get("boot/primary") == (stays ? "system1\n" : "system0\n"));
        CHECK(device.get("boot/state.system1") == (stays ? "good\n" : "bad\n"));
    }
}

TEST_CASE("a bundle that RAUC's maker did not sign is refused by RAUC, and the reason is told") {
    if (!rauc_can_run()) return;
    RaucBench bench;
    BenchDevice& device = bench.device;
    const std::string good = bench.bundle("2.0", "good");
    std::filesystem::remove(device.path("2.0good.raucb"));
    make_key(device);
    std::filesystem::rename(device.path("cert.pem"), device.path("other.pem"));
    device.put("cert.pem", device.get("other.pem"));
    // The device goes on believing the first key only.
    bench.boot();
    std::string tampered = good;
    tampered[4000] = static_cast<char>(~tampered[4000]);
    device.backend.terms.budget.install = 1;
    device.update(tampered, "raucb", [&] { bench.boot(); });
    CHECK_MESSAGE(device.backend.server.state == install::State::failed, device.ended());
    CHECK(device.backend.server.reason == install::Reason::write_failed);
    CHECK_MESSAGE(device.backend.server.detail.find("rauc ended with 1") != std::string::npos,
                  device.ended());
    bench.boot();
    CHECK(device.get("root/etc/os-release") == "VERSION_ID=1.0\n");
}

TEST_CASE("a RAUC that would start a slot before it was read back is told to be set right") {
    if (!rauc_can_run()) return;
    RaucBench::activates.clear();
    RaucBench bench;
    RaucBench::activates = "activate-installed=false\n";
    bench.device.backend.terms.budget.install = 1;
    bench.device.update(bench.bundle("2.0", "good"), "raucb", [&] { bench.boot(); });
    CHECK(bench.device.backend.server.state == install::State::failed);
    CHECK_MESSAGE(bench.device.backend.server.detail.find("activate-installed=false") != std::string::npos,
                  bench.device.ended());
}

TEST_CASE("the real SWUpdate, over its socket: a good archive stays, an ill or dead one is left again") {
    if (!installed({"swupdate", "swupdate-client", "fw_setenv", "mkenvimage", "openssl"})) return;
    SwupdateBench bench;
    BenchDevice& device = bench.device;
    for (const Way& way : ways) {
        const std::string kind = way.kind;
        CAPTURE(kind);
        device.update(bench.archive("2.0", kind), "swu", [&] { bench.boot(); });
        const std::string end = device.ended() + "\n" + device.get("swupdate.log");
        CHECK_MESSAGE(device.backend.server.state == way.end, end);
        CHECK_MESSAGE(device.backend.server.reason == way.reason, end);
        const bool stays = way.end == install::State::verified;
        bench.boot();
        CHECK(device.get("root/etc/os-release") == (stays ? "VERSION_ID=2.0\n" : "VERSION_ID=1.0\n"));
    }
}

TEST_CASE("an archive whose contents are not those that SWUpdate's maker signed is refused by SWUpdate") {
    if (!installed({"swupdate", "swupdate-client", "fw_setenv", "mkenvimage", "openssl"})) return;
    SwupdateBench bench;
    BenchDevice& device = bench.device;
    std::string tampered = bench.archive("2.0", "good");
    tampered[tampered.size() - 5000] = static_cast<char>(~tampered[tampered.size() - 5000]);
    device.backend.terms.budget.install = 1;
    device.update(tampered, "swu", [&] { bench.boot(); });
    CHECK_MESSAGE(device.backend.server.state == install::State::failed, device.ended());
    CHECK(device.backend.server.reason == install::Reason::write_failed);
    bench.boot();
    CHECK(device.get("root/etc/os-release") == "VERSION_ID=1.0\n");
}
