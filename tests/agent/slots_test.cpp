// SPDX-License-Identifier: Apache-2.0
#include "device.hpp"

#include <fstream>
#include <sys/stat.h>

using namespace oakum;
using namespace oakum::agent;
using namespace oakum::agent::test;

namespace {

std::filesystem::path write_file(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
}

void provision(Device& device, const std::string& image) {
    const auto status = device.slots.provision(write_file(device.folder / "factory.tar", image));
    REQUIRE_MESSAGE(status.ok(), (status.ok() ? "" : status.error().text()));
}

updates::Image put(Device& device, const std::string& bytes, const std::string& version) {
    REQUIRE(device.slots.begin().ok());
    REQUIRE(device.slots.write(base::as_bytes(bytes)).ok());
    REQUIRE(device.slots.finish().ok());
    const updates::Image image{base::sha256(bytes), bytes.size(), version};
    REQUIRE(device.slots.read_back(image).ok());
    CHECK(device.slots.read_back({base::sha256("other"), bytes.size(), version}).error().kind ==
          base::ErrorKind::corrupt);
    return image;
}

} // namespace

TEST_CASE("the factory's image starts, says its version and is healthy") {
    const Folder folder;
    Device device(folder.path);
    CHECK(device.slots.boot().error().kind == base::ErrorKind::not_found);
    provision(device, firmware("1.0"));
    CHECK(device.slots.provision(folder.path / "factory.tar").error().kind == base::ErrorKind::conflict);
    REQUIRE(device.slots.boot().ok());
    const auto view = device.slots.view();
    CHECK(view->running == "a");
    CHECK(view->spare == "b");
    CHECK(view->running_version == "1.0");
    CHECK(view->image->digest == base::sha256(firmware("1.0")));
    CHECK(device.checks.check().healthy);
    const auto inventory = device.collector.collect();
    REQUIRE(inventory.ok());
    CHECK(inventory->facts.at("firmware_version") == "1.0");
    CHECK(inventory->facts.at("os_version") == "Test 1.0");
    CHECK_FALSE(inventory->facts.at("kernel").empty());
    REQUIRE(inventory->components.size() == 1);
    CHECK(inventory->components[0].name == "busybox");
}

TEST_CASE("bad images are refused at the factory") {
    const Folder folder;
    Device device(folder.path);
    const auto refused = [&](const std::string& image) {
        return !device.slots.provision(write_file(folder.path / "factory.tar", image)).ok();
    };
    CHECK(refused(firmware("1.0").substr(0, 2000)));
    CHECK(refused("not a tar"));
    CHECK(refused(Tar().file("etc/os-release", "VERSION_ID=1\n").done()));
    CHECK(refused(Tar().file("bin/firmware", "#!/bin/sh\n").done()));
    CHECK_FALSE(refused(firmware("1.0")));
}

TEST_CASE("a new slot is tried, kept when told to, and left when told to") {
    const Folder folder;
    Device device(folder.path);
    provision(device, firmware("1.0"));
    REQUIRE(device.slots.boot().ok());
    const std::string first_boot = device.slots.view()->boot_id;
    const auto image = put(device, firmware("2.0"), "2.0");
    CHECK(device.slots.view()->trying.empty());
    REQUIRE(device.slots.activate(image).ok());
    CHECK(device.slots.view()->running == "a");
    REQUIRE(device.slots.restart().ok());
    CHECK(device.slots.view()->running == "b");
    CHECK(device.slots.view()->running_version == "2.0");
    CHECK(device.slots.view()->boot_id != first_boot);
    REQUIRE(device.slots.fall_back("b").ok());
    REQUIRE(device.slots.restart().ok());
    CHECK(device.slots.view()->running == "a");

    REQUIRE(device.slots.activate(put(device, firmware("3.0"), "3.0")).ok());
    REQUIRE(device.slots.restart().ok());
    REQUIRE(device.slots.mark_good().ok());
    REQUIRE(device.slots.restart().ok());
    CHECK(device.slots.view()->running_version == "3.0");
    CHECK(device.slots.view()->trying.empty());
}

TEST_CASE("a slot on trial whose firmware ends is given up after its tries") {
    const Folder folder;
    Device device(folder.path);
    provision(device, firmware("1.0"));
    REQUIRE(device.slots.boot().ok());
    REQUIRE(device.slots.activate(put(device, firmware("2.0", "exit 0", "exit 3"), "2.0")).ok());
    REQUIRE(device.slots.restart().ok());
    CHECK(device.slots.view()->running == "a");
    CHECK(device.slots.view()->trying.empty());
    const auto env = parse_boot_env(system::read_bounded(folder.path / "slots/boot.env", 10'000).value());
    CHECK_FALSE(env->images.contains("b"));
}

TEST_CASE("a slot that was changed after it was verified never runs") {
    const Folder folder;
    Device device(folder.path);
    provision(device, firmware("1.0"));
    REQUIRE(device.slots.boot().ok());
    REQUIRE(device.slots.activate(put(device, firmware("2.0"), "2.0")).ok());
    std::fstream file(folder.path / "slots/b/image.tar", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(520);
    file.put('X');
    file.close();
    REQUIRE(device.slots.restart().ok());
    CHECK(device.slots.view()->running == "a");
    // What is unpacked is made anew at each start, so that changing it changes nothing for long.
    write_file(folder.path / "slots/a/root/bin/health", "#!/bin/sh\nexit 1\n");
    CHECK_FALSE(device.checks.check().healthy);
    REQUIRE(device.slots.restart().ok());
    CHECK(device.checks.check().healthy);
}

TEST_CASE("when the slot that stays is damaged, the other good one is started") {
    const Folder folder;
    Device device(folder.path);
    provision(device, firmware("1.0"));
    REQUIRE(device.slots.boot().ok());
    REQUIRE(device.slots.activate(put(device, firmware("2.0"), "2.0")).ok());
    REQUIRE(device.slots.restart().ok());
    REQUIRE(device.slots.mark_good().ok());
    std::filesystem::resize_file(folder.path / "slots/b/image.tar", 700);
    REQUIRE(device.slots.restart().ok());
    CHECK(device.slots.view()->running == "a");
    CHECK(device.slots.view()->running_version == "1.0");
}

TEST_CASE("ill health says what failed and how the output ended") {
    const Folder folder;
    Device device(folder.path);
    provision(device, firmware("1.0", "echo \"no uplink on $FIRMWARE_SERIAL\"; exit 4"));
    REQUIRE(device.slots.boot().ok());
    const auto health = device.checks.check();
    CHECK_FALSE(health.healthy);
    CHECK(health.detail == "bin/health ended with 4: no uplink on GW-1\nits output ended with:\nup");
    device.process.stop();
    CHECK(device.checks.check().detail.find("the firmware does not run") == 0);
}

TEST_CASE("a firmware that ends is started again, less and less often") {
    const Folder folder;
    Device device(folder.path);
    provision(device, firmware("1.0", "exit 0", "sleep 0.3"));
    REQUIRE(device.slots.boot().ok());
    const std::string first = device.slots.view()->boot_id;
    const auto until = device.clock.steady() + 5s;
    while (device.slots.view()->boot_id == first && device.clock.steady() < until)
        std::this_thread::sleep_for(50ms);
    CHECK(device.slots.view()->boot_id != first);
}

TEST_CASE("the firmware sees nothing of the agent's environment and dies with what it started") {
    const Folder folder;
    ::setenv("SECRET_OF_THE_AGENT", "x", 1);
    Device device(folder.path);
    provision(device, firmware("1.0", "exit 0", "env; echo \"pid $$\"; sleep 60 & echo \"child $!\"; wait"));
    REQUIRE(device.slots.boot().ok());
    const std::string log = device.process.log_tail(4000);
    CHECK(log.find("FIRMWARE_SERIAL=GW-1") != std::string::npos);
    CHECK(log.find("SECRET_OF_THE_AGENT") == std::string::npos);
    const std::size_t at = log.find("child ");
    REQUIRE(at != std::string::npos);
    const pid_t child = std::stoi(log.substr(at + 6));
    device.process.stop();
    const auto until = device.clock.steady() + 5s;
    // Gone, or waiting for init to collect it.
    const auto gone = [&] {
        const auto state = system::read_bounded("/proc/" + std::to_string(child) + "/stat", 4096);
        return !state.ok() || state->find(") Z ") != std::string::npos;
    };
    while (!gone() && device.clock.steady() < until)
        std::this_thread::sleep_for(10ms);
    CHECK(gone());
}

TEST_CASE("a boot loader's memory that was damaged is put right from its copy") {
    const Folder folder;
    {
        Device device(folder.path);
        provision(device, firmware("1.0"));
        REQUIRE(device.slots.boot().ok());
        REQUIRE(device.slots.activate(put(device, firmware("2.0"), "2.0")).ok());
        REQUIRE(device.slots.restart().ok());
        REQUIRE(device.slots.mark_good().ok());
    }
    const auto file = folder.path / "slots" / "boot.env";
    const std::string whole = system::read_bounded(file, 4096).value();
    for (const std::string& damaged : {std::string(), whole.substr(0, whole.size() / 2),
                                       std::string("active = c\n"), std::string(200, '\0')}) {
        write_file(file, damaged);
        Device device(folder.path);
        REQUIRE_MESSAGE(device.slots.boot().ok(), damaged);
        CHECK(device.slots.view()->running == "b");
        CHECK(device.slots.view()->running_version == "2.0");
        CHECK(system::read_bounded(file, 4096).value() == whole);
    }
    std::filesystem::remove(file);
    Device device(folder.path);
    CHECK(device.slots.boot().ok());
}

TEST_CASE("when no slot can be started nothing runs, that is told, and an update is taken") {
    const Folder folder;
    {
        Device device(folder.path);
        provision(device, firmware("1.0"));
        REQUIRE(device.slots.boot().ok());
        REQUIRE(device.slots.activate(put(device, firmware("2.0"), "2.0")).ok());
        REQUIRE(device.slots.restart().ok());
        REQUIRE(device.slots.mark_good().ok());
    }
    SUBCASE("both images are damaged") {
        for (const char* image : {"slots/a/image.tar", "slots/b/image.tar"})
            write_file(folder.path / image, firmware("6.6"));
    }
    SUBCASE("both images are gone") {
        for (const char* image : {"slots/a/image.tar", "slots/b/image.tar"})
            std::filesystem::remove(folder.path / image);
    }
    SUBCASE("the boot loader's memory and its copy are damaged") {
        for (const char* env : {"slots/boot.env", "slots/boot.env.copy"})
            write_file(folder.path / env, "active = b\n");
    }
    SUBCASE("the boot loader's memory and its copy are gone") {
        for (const char* env : {"slots/boot.env", "slots/boot.env.copy"})
            std::filesystem::remove(folder.path / env);
    }
    Device device(folder.path);
    REQUIRE(device.slots.boot().ok());
    const auto nothing = device.slots.view();
    CHECK(nothing->nothing_runs);
    CHECK(nothing->running_version == "none");
    CHECK_FALSE(nothing->image);
    CHECK_FALSE(device.process.running());
    CHECK_FALSE(device.checks.check().healthy);
    CHECK(device.collector.collect()->components.empty());

    // A trial that fails leaves it as it was.
    REQUIRE(device.slots.activate(put(device, firmware("3.0"), "3.0")).ok());
    REQUIRE(device.slots.restart().ok());
    CHECK(device.slots.view()->running_version == "3.0");
    REQUIRE(device.slots.fall_back(device.slots.view()->running).ok());
    REQUIRE(device.slots.restart().ok());
    CHECK(device.slots.view()->nothing_runs);

    // The whole way: the agent takes an offer and ends with the new version.
    REQUIRE(device.trusted.save("root.json", device.backend.publish(firmware("2.0"))).ok());
    updates::Agent agent(device.ports(device.state, device.slots, device.slots), device.config.settings);
    REQUIRE(agent.start().ok());
    const auto until = device.clock.steady() + 60s;
    const auto over = [&] {
        return install::is_terminal(device.backend.server.state) &&
               agent.state().phase == install::Phase::idle;
    };
    while (!over() && device.clock.steady() < until)
        std::this_thread::sleep_for(std::min<base::Duration>(agent.step(), 20ms));
    CHECK(device.backend.server.state == install::State::verified);
    CHECK(device.slots.view()->running_version == "2.0");
    CHECK_FALSE(device.slots.view()->nothing_runs);
    CHECK(device.checks.check().healthy);
    Device later(folder.path);
    REQUIRE(later.slots.boot().ok());
    CHECK(later.slots.view()->running_version == "2.0");
}

TEST_CASE(
    "a start that changes nothing writes nothing, so that a full disk cannot keep a device from starting") {
    const Folder folder;
    Device device(folder.path);
    provision(device, firmware("1.0"));
    REQUIRE(device.slots.boot().ok());
    const auto inode_of = [&] {
        struct stat stats{};
        REQUIRE(::stat((folder.path / "slots" / "boot.env").c_str(), &stats) == 0);
        return stats.st_ino;
    };
    const auto before = inode_of();
    REQUIRE(device.slots.restart().ok());
    CHECK(inode_of() == before);
    // A trial is counted before it is made.
    REQUIRE(device.slots.activate(put(device, firmware("2.0"), "2.0")).ok());
    const auto armed = inode_of();
    REQUIRE(device.slots.restart().ok());
    CHECK(inode_of() != armed);
}

TEST_CASE("a trial that cannot be counted is not made") {
    const Folder folder;
    Device device(folder.path);
    provision(device, firmware("1.0"));
    REQUIRE(device.slots.boot().ok());
    REQUIRE(device.slots.activate(put(device, firmware("2.0"), "2.0")).ok());
    // Nothing can be renamed onto a folder that is not empty.
    const auto file = folder.path / "slots" / "boot.env";
    std::filesystem::remove(file);
    std::filesystem::create_directories(file / "in the way");
    REQUIRE(device.slots.restart().ok());
    CHECK(device.slots.view()->running == "a");
    CHECK(device.slots.view()->running_version == "1.0");
}

TEST_CASE("what an image may have leaves room for its download") {
    const Folder folder;
    Device device(folder.path);
    provision(device, firmware("1.0"));
    REQUIRE(device.slots.boot().ok());
    const std::uint64_t none = device.slots.capacity(0).value();
    CHECK(none > 0);
    CHECK(device.slots.capacity(1ULL << 60).value() == 0);
}
