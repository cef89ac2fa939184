// SPDX-License-Identifier: Apache-2.0
#include "device.hpp"

#include <array>
#include <csignal>
#include <fstream>
#include <sys/wait.h>

using namespace oakum;
using namespace oakum::agent;
using namespace oakum::agent::test;

namespace {

// Ends this very process, the way a crash does, before or after its numbered durable act.
struct Killer {
    int left = 0; // zero: never
    void moment() {
        if (left == 0) return;
        --left;
        if (left == 0) ::kill(::getpid(), SIGKILL);
    }
};

struct KilledKeep final : updates::Keep {
    KilledKeep(updates::Keep& to, Killer& by) : inner(to), killer(by) {}
    base::Result<std::optional<std::string>> load(const std::string& name) override {
        return inner.load(name);
    }
    base::Status save(const std::string& name, std::string_view text) override {
        killer.moment();
        const auto status = inner.save(name, text);
        killer.moment();
        return status;
    }
    base::Status remove(const std::string& name) override { return inner.remove(name); }
    base::Result<std::vector<std::string>> names() override { return inner.names(); }
    updates::Keep& inner;
    Killer& killer;
};

struct KilledSlots final : updates::SlotWriter, updates::BootControl {
    KilledSlots(FolderSlots& to, Killer& by) : inner(to), killer(by) {}
    template <class Act> base::Status around(Act act) {
        killer.moment();
        const base::Status status = act();
        killer.moment();
        return status;
    }
    base::Result<std::uint64_t> capacity(std::uint64_t reserved) override { return inner.capacity(reserved); }
    base::Status begin() override {
        return around([&] { return inner.begin(); });
    }
    base::Status write(base::ByteView piece) override {
        return around([&] { return inner.write(piece); });
    }
    base::Status finish() override { return inner.finish(); }
    base::Status read_back(const updates::Image& image) override { return inner.read_back(image); }
    base::Result<updates::BootView> view() override { return inner.view(); }
    base::Status activate(const updates::Image& image) override {
        return around([&] { return inner.activate(image); });
    }
    base::Status restart() override {
        return around([&] { return inner.restart(); });
    }
    base::Status mark_good() override {
        return around([&] { return inner.mark_good(); });
    }
    base::Status fall_back(const std::string& bad) override {
        return around([&] { return inner.fall_back(bad); });
    }
    FolderSlots& inner;
    Killer& killer;
};

constexpr int unfinished = 9;

// One life of the agent, in a process of its own. Ends with 0 when the deployment is over.
int live(const std::filesystem::path& folder, const std::string& image, int kill_at) {
    Device device(folder);
    device.backend.publish(image);
    Killer killer{kill_at};
    KilledKeep keep(device.state, killer);
    KilledSlots slots(device.slots, killer);
    if (!device.slots.boot().ok()) return 2;
    updates::Agent agent(device.ports(keep, slots, slots), device.config.settings);
    if (!agent.start().ok()) return 3;
    const auto until = device.clock.steady() + 60s;
    while (device.clock.steady() < until) {
        if (install::is_terminal(device.backend.server.state) &&
            agent.state().phase == install::Phase::idle && agent.state().reports.empty())
            return 0;
        std::this_thread::sleep_for(std::min<base::Duration>(agent.step(), 20ms));
    }
    return unfinished;
}

pid_t begin_life(const std::filesystem::path& folder, const std::string& image, int kill_at) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(live(folder, image, kill_at));
    return child;
}

// -1 for one that was killed, else how it ended.
int end_of_life(pid_t child) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) {
        CHECK(WTERMSIG(status) == SIGKILL);
        return -1;
    }
    return WEXITSTATUS(status);
}

constexpr int side_by_side = 8; // devices at a time: each waits far more than it works

// The way to the end through a kill at every moment, each followed by a life without one.
void walk(const std::string& image, install::State end, const std::string& version) {
    int kills = 0;
    bool over = false;
    for (int moment = 1; !over; moment += side_by_side) {
        CAPTURE(moment);
        std::array<Folder, side_by_side> folders;
        std::array<pid_t, side_by_side> lives{};
        for (std::size_t i = 0; i < folders.size(); ++i) {
            Device device(folders[i].path);
            std::ofstream(folders[i].path / "factory.tar", std::ios::binary) << firmware("1.0");
            REQUIRE(device.slots.provision(folders[i].path / "factory.tar").ok());
            REQUIRE(device.trusted.save("root.json", device.backend.publish(image)).ok());
            lives[i] = begin_life(folders[i].path, image, moment + static_cast<int>(i));
        }
        std::array<pid_t, side_by_side> second{};
        for (std::size_t i = 0; i < folders.size(); ++i) {
            const int first = end_of_life(lives[i]);
            // Behind its last moment nothing is killed any more; on a busy machine a life has a few moments
            // more than the one beside it.
            REQUIRE((first == 0 || first == -1));
            over = over || first == 0;
            if (first != 0) second[i] = begin_life(folders[i].path, image, 0);
        }
        for (std::size_t i = 0; i < folders.size(); ++i) {
            if (second[i] == 0) continue;
            ++kills;
            REQUIRE(end_of_life(second[i]) == 0);
            Device after(folders[i].path);
            CHECK(after.backend.server.state == end);
            CHECK(after.backend.server.attempt == 1);
            REQUIRE(after.slots.boot().ok());
            const auto view = after.slots.view();
            CHECK(view->running_version == version);
            CHECK(view->trying.empty());
            const auto written =
                system::read_bounded(folders[i].path / "slots" / view->running / "image.tar", 1 << 20);
            CHECK(base::sha256(*written) == view->image->digest);
        }
    }
    MESSAGE(kills << " kills");
    CHECK(kills > 25);
}

} // namespace

TEST_CASE("an agent that is killed at any step of a good update ends with the new version, verified") {
    walk(firmware("2.0"), install::State::verified, "2.0");
}

TEST_CASE("an agent that is killed at any step of a bad update ends with the old version") {
    walk(firmware("2.0", "exit 1"), install::State::rolled_back, "1.0");
}

TEST_CASE("an image that was tampered with on its way never reaches a slot") {
    const Folder folder;
    Device device(folder.path);
    std::ofstream(folder.path / "factory.tar", std::ios::binary) << firmware("1.0");
    REQUIRE(device.slots.provision(folder.path / "factory.tar").ok());
    REQUIRE(device.trusted.save("root.json", device.backend.publish(firmware("2.0"))).ok());
    device.backend.artifact_bytes[700] ^= 1;
    device.backend.terms.budget.install = 1;
    REQUIRE(device.slots.boot().ok());
    updates::Agent agent(device.ports(device.state, device.slots, device.slots), device.config.settings);
    REQUIRE(agent.start().ok());
    for (int i = 0; i < 500 && !install::is_terminal(device.backend.server.state); ++i)
        std::this_thread::sleep_for(std::min<base::Duration>(agent.step(), 20ms));
    CHECK(device.backend.server.state == install::State::failed);
    CHECK(device.backend.server.reason == install::Reason::verification_failed);
    CHECK_FALSE(std::filesystem::exists(folder.path / "slots/b/image.tar"));
}
