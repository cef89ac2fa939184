// SPDX-License-Identifier: Apache-2.0
#include "device.hpp"
#include "faulty_disk.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <new>
#include <sys/wait.h>

using namespace oakum;
using namespace oakum::agent;
using namespace oakum::agent::test;

namespace {

struct PowerCut {};

// Time passes only where the agent waits.
struct TestClock final : ports::Clock {
    base::Duration at{1000s};
    base::TimePoint now() override { return base::from_unix_ms(1'800'000'000'000) + at; }
    base::Duration steady() override { return at; }
};

struct TestRandom final : ports::Random {
    Chance chance{7};
    void fill(std::span<std::uint8_t> bytes) override {
        for (std::uint8_t& byte : bytes)
            byte = static_cast<std::uint8_t>(chance.next());
    }
};

enum class Kind { good, ill, dead };

std::string image_of(const std::string& version, Kind kind) {
    const std::string program = kind == Kind::dead ? "exit 3" : "run " + version;
    std::string filler;
    while (filler.size() < 3000)
        filler += "line " + std::to_string(filler.size()) + " of " + version + "\n";
    return Tar()
        .file("bin/firmware", program, true)
        .file("bin/health", kind == Kind::ill ? "ill" : "well", true)
        .file("etc/os-release", "VERSION_ID=" + version + "\n")
        .file("usr/filler", filler)
        .done();
}

// Runs what an image holds without a process, and looks closely at what it is given.
struct TestFirmware final : Firmware {
    base::Status start(const std::filesystem::path& program, const std::filesystem::path& folder,
                       const Environment&) override {
        up = false;
        const auto text = system::read_bounded(program, 4096);
        if (!text.ok()) return text.error();
        const auto release = system::read_bounded(folder / "etc/os-release", 4096);
        if (!release.ok()) return release.error();
        const std::string version =
            *text == "exit 3" ? "2.0" : text->substr(std::min<std::size_t>(4, text->size()));
        right = right && (version == "1.0" || version == "2.0") && *release == "VERSION_ID=" + version + "\n";
        CHECK_MESSAGE(right, "what was never released is run");
        if (*text == "exit 3") return base::unavailable("the firmware did not stay up: it ended with 3");
        well = system::read_bounded(folder / "bin/health", 4096).value_or("well") == "well";
        up = true;
        return {};
    }
    bool running() override { return up; }
    void stop() override { up = false; }
    std::string ending() const override { return "it ended"; }
    std::string log_tail(std::size_t) override { return {}; }
    bool up = false, well = true;
    static inline bool right = true; // in all lives
};

// A server that learns things at the moments that the disk writes down, and is out of reach for the dead.
struct Server final : updates::UpdateServer, updates::Repository {
    Server(Backend& to, std::vector<install::Deployment>& learned) : inner(to), history(learned) {}
    void reach() const {
        if (disk != nullptr && disk->dead()) throw PowerCut{};
    }
    void told() const {
        if (disk == nullptr) return;
        history.push_back(inner.server);
        disk->happened_outside();
    }
    base::Result<updates::PollAnswer> poll(const wire::PollRequest& request) override {
        reach();
        auto answer = inner.poll(request);
        told();
        return answer;
    }
    base::Status send_inventory(const wire::InventoryMessage&) override {
        reach();
        return {};
    }
    base::Result<wire::ReportReply> report(const wire::Report& report) override {
        reach();
        auto reply = inner.report(report);
        told();
        return reply;
    }
    base::Result<wire::RenewReply> renew(const wire::RenewRequest&) override {
        return base::bug("none here");
    }
    base::Duration asked_pause() const override { return {}; }
    base::Result<std::optional<base::Bytes>> metadata(const std::string& name, std::uint64_t max) override {
        reach();
        return inner.metadata(name, max);
    }
    base::Result<std::optional<base::Bytes>> log_file(const std::string& name, std::uint64_t max) override {
        reach();
        return inner.log_file(name, max);
    }
    base::Status artifact(const base::Digest256& digest, std::uint64_t from, std::uint64_t to,
                          const updates::Piece& piece) override {
        reach();
        return inner.artifact(digest, from, to, piece);
    }
    Backend& inner;
    std::vector<install::Deployment>& history;
    FaultyDisk* disk = nullptr;
};

struct NoInventory final : updates::Inventory {
    base::Result<wire::InventoryMessage> collect() override { return wire::InventoryMessage{}; }
};
struct TestHealth final : updates::Health {
    explicit TestHealth(TestFirmware& of) : firmware(of) {}
    updates::HealthState check() override {
        return {firmware.up && firmware.well, "bin/health ended with 1"};
    }
    TestFirmware& firmware;
};

FolderSlots::Options slots_in(const std::filesystem::path& folder) {
    return {folder / "slots", 64 << 20, 2, {}};
}

enum class End { over, died, stuck };

// Where files cost little; nothing here has to outlive the test.
std::filesystem::path memory() {
    return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path();
}

// A device as it left the factory, its server, and the lives that it leads.
class History {
  public:
    explicit History(Kind what) : kind(what), backend({}, clock) {
        backend.terms.soak = 3s;
        for (const char* name : {"state", "trust", "staging", "slots/a", "slots/b"})
            std::filesystem::create_directories(folder.path / name);
        const std::string root = backend.publish(image_of("2.0", kind));
        REQUIRE(FolderKeep(folder.path / "trust").save("root.json", root).ok());
        REQUIRE(system::write_durably(folder.path / "factory.tar", image_of("1.0", Kind::good)).ok());
        TestFirmware firmware;
        Quiet log;
        REQUIRE(FolderSlots(slots_in(folder.path), firmware, clock, random, log)
                    .provision(folder.path / "factory.tar")
                    .ok());
        std::filesystem::remove(folder.path / "factory.tar");
        factory = Tree::read(folder.path);
        offered = backend.server;
    }

    // As it left the factory, at the day of the offer.
    void begin() {
        clock.at = 1000s;
        place(factory, offered);
    }
    // Everything as it was; the server too.
    void place(const Tree& tree, const install::Deployment& server) {
        for (const auto& entry : std::filesystem::directory_iterator(folder.path))
            std::filesystem::remove_all(entry.path());
        tree.write(folder.path);
        backend.server = server;
        learned.clear();
    }

    // From a start of the device to the end of the deployment, or to the end of the life.
    End live(FaultyDisk* disk) {
        Quiet log;
        TestFirmware firmware;
        TestHealth health(firmware);
        NoInventory inventory;
        NoIdentity identity;
        Server server(backend, learned);
        server.disk = disk;
        clock.at += 20s;
        try {
            remove_unfinished(folder.path);
            FolderSlots slots(slots_in(folder.path), firmware, clock, random, log);
            const auto booted = slots.boot();
            if (disk != nullptr && disk->dead()) return End::died;
            if (!booted.ok()) {
                CHECK_MESSAGE((disk != nullptr && disk->hit()), booted.error().text());
                return End::died;
            }
            if (disk == nullptr || !disk->hit()) CHECK_MESSAGE(firmware.up, last_words(log));
            FolderKeep state(folder.path / "state"), trusted(folder.path / "trust");
            updates::TrustedTargets trust(server, trusted, reader);
            FileStaging staging(folder.path / "staging/artifact");
            updates::Settings settings;
            settings.model = "AC-GW200";
            settings.spare_bytes = 0;
            settings.health_interval = 1s;
            settings.health_window = 10s;
            updates::Agent agent({server, server, trust, state, staging, slots, slots, health, inventory,
                                  identity, clock, random, log},
                                 settings);
            for (int tries = 0; !agent.start().ok(); ++tries) {
                if (disk != nullptr && disk->dead()) return End::died;
                if (tries == 20) return End::stuck;
                clock.at += 5s;
            }
            const base::Duration until = clock.at + 4h;
            while (clock.at < until) {
                if (install::is_terminal(backend.server.state) &&
                    agent.state().phase == install::Phase::idle && agent.state().reports.empty())
                    return End::over;
                const base::Duration wait = agent.step();
                if (disk != nullptr && disk->dead()) return End::died;
                clock.at += std::max<base::Duration>(wait, 10ms);
            }
            story = last_words(log);
            return End::stuck;
        } catch (const PowerCut&) {
            return End::died;
        } catch (const std::bad_alloc&) {
            return End::died;
        }
    }

    // A life in a process of its own, for faults that may end one anywhere. The server is told by a file.
    bool live_apart(const Fault& fault) {
        const Folder side(memory());
        backend.folder_ = side.path;
        backend.keep();
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::signal(SIGABRT, SIG_DFL);
            const int nowhere = ::open("/dev/null", O_WRONLY);
            ::dup2(nowhere, 1);
            ::dup2(nowhere, 2);
            bool hit = true;
            try {
                FaultyDisk disk(folder.path, fault);
                live(&disk);
                hit = disk.hit();
            } catch (...) {
                hit = true; // the server of this test has no memory either
            }
            ::_exit(!TestFirmware::right ? 2 : hit ? 1 : 0);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        backend.load();
        backend.folder_.clear();
        clock.at += 1h;
        CHECK_FALSE((WIFEXITED(status) && WEXITSTATUS(status) == 2));
        return WIFSIGNALED(status) || WEXITSTATUS(status) == 1;
    }

    // Lives without a fault until it is over; then looks at what the device does and what the server
    // believes.
    void must_end_well(bool costs_nothing) {
        End end = live(nullptr);
        CHECK_MESSAGE(end == End::over, story);
        if (end != End::over) return;
        Quiet log;
        TestFirmware firmware;
        FolderSlots slots(slots_in(folder.path), firmware, clock, random, log);
        REQUIRE(slots.boot().ok());
        const auto view = slots.view();
        CHECK(firmware.up);
        CHECK_FALSE(view->nothing_runs);
        CHECK(view->trying.empty());
        const install::Deployment& server = backend.server;
        const std::string told(install::to_string(server.state));
        CAPTURE(told);
        CAPTURE(server.detail);
        CHECK(view->running_version == (server.state == install::State::verified ? "2.0" : "1.0"));
        if (server.state != install::State::verified) CHECK(server.reason != install::Reason::none);
        if (kind != Kind::good) CHECK(server.state != install::State::verified);
        if (costs_nothing)
            CHECK(server.state ==
                  (kind == Kind::good ? install::State::verified : install::State::rolled_back));
        if (costs_nothing) CHECK(server.attempt == 1);
        const auto image = system::read_bounded(folder.path / "slots" / view->running / "image.tar", 1 << 20);
        REQUIRE(view->image);
        CHECK(base::sha256(*image) == view->image->digest);
    }

    static std::string last_words(const Quiet& log) {
        std::string text;
        for (std::size_t i = log.lines.size() > 12 ? log.lines.size() - 12 : 0; i < log.lines.size(); ++i)
            text += log.lines[i] + "\n";
        return text;
    }

    Kind kind;
    Folder folder{memory()};
    TestClock clock;
    TestRandom random;
    Backend backend;
    metadata::JsonReader reader;
    Tree factory;
    install::Deployment offered;
    std::vector<install::Deployment> learned; // one for each act of kind outside
    std::string story;
};

// A life without a fault, written down: what the device did, and what the server knew at each act.
struct Recording {
    Tree before;
    std::vector<Act> acts;
    std::vector<install::Deployment> knew; // after as many acts
};

Recording record(History& history) {
    Recording recording;
    history.begin();
    FaultyDisk disk(history.folder.path);
    REQUIRE(history.live(&disk) == End::over);
    recording.before = disk.before();
    recording.acts = disk.acts();
    recording.knew.push_back(history.offered);
    std::size_t learned = 0;
    for (const Act& act : recording.acts)
        recording.knew.push_back(act.kind == Act::Kind::outside ? history.learned[learned++]
                                                                : recording.knew.back());
    return recording;
}

bool deep() {
    return std::getenv("OAKUM_DEEP") != nullptr;
}

} // namespace

TEST_CASE("the power goes at every act of an update, and with it any part of what was not synced") {
    for (const Kind kind : {Kind::good, Kind::ill, Kind::dead}) {
        History history(kind);
        const Recording recording = record(history);
        Chance chance{1};
        std::size_t states = 0;
        for (std::size_t cut = 0; cut <= recording.acts.size(); ++cut) {
            for (int loss = 0; loss < kLosses; ++loss) {
                const int times = static_cast<Loss>(loss) != Loss::some ? 1 : deep() ? 20 : 2;
                for (int time = 0; time < times; ++time) {
                    CAPTURE(static_cast<int>(kind));
                    CAPTURE(cut);
                    CAPTURE(loss);
                    CAPTURE(time);
                    history.clock.at = 1000s;
                    history.place(
                        after_cut(recording.before, recording.acts, cut, static_cast<Loss>(loss), chance),
                        recording.knew[cut]);
                    history.must_end_well(true);
                    ++states;
                }
            }
        }
        MESSAGE(recording.acts.size() << " acts, " << states << " states of the disk");
        CHECK(recording.acts.size() > 100);
    }
}

TEST_CASE(
    "two faults one after the other, whatever they are, leave a device that works and a server that knows") {
    const std::uint64_t sequences = deep() ? 10'000 : 400;
    History histories[] = {History(Kind::good), History(Kind::ill), History(Kind::dead)};
    Recording recordings[] = {record(histories[0]), record(histories[1]), record(histories[2])};
    std::uint64_t hits = 0;
    for (std::uint64_t sequence = 0; sequence < sequences; ++sequence) {
        Chance chance{sequence * 1'000'003 + 11};
        const std::size_t which = chance.below(3);
        History& history = histories[which];
        const Recording& recording = recordings[which];
        CAPTURE(sequence);
        CAPTURE(which);
        history.begin();
        for (int number = 0; number < 2; ++number) {
            Fault fault;
            const std::uint64_t what = chance.below(10);
            fault.at = 1 + chance.below(recording.acts.size());
            fault.length = chance.below(2) == 0 ? 1 : 1 + chance.below(60);
            fault.code = what == 6 ? ENOSPC : EIO;
            fault.kind = what < 6    ? Fault::Kind::cut
                         : what < 8  ? Fault::Kind::error
                         : what == 8 ? Fault::Kind::short_write
                                     : Fault::Kind::no_memory;
            if (fault.kind == Fault::Kind::no_memory) fault.at = 1 + chance.below(1'800);
            Tree left;
            bool cut = false;
            if (fault.kind == Fault::Kind::no_memory) {
                hits += history.live_apart(fault) ? 1 : 0;
            } else {
                FaultyDisk disk(history.folder.path, fault);
                history.live(&disk);
                hits += disk.hit() ? 1 : 0;
                cut = disk.dead();
                if (cut)
                    left = after_cut(disk.before(), disk.acts(), disk.acts().size(),
                                     static_cast<Loss>(chance.below(kLosses)), chance);
            }
            if (cut) history.place(left, history.backend.server);
        }
        history.must_end_well(false);
    }
    MESSAGE(sequences << " sequences, " << hits << " faults that hit");
    CHECK(hits > sequences / 2);
}

TEST_CASE("an act that fails, once or for a while, at any step: the device goes on, and the server is told "
          "the truth") {
    struct Case {
        const char* name;
        Fault::Kind kind;
        int code;
        std::uint64_t length;
    };
    const Case cases[] = {
        {"no space, once", Fault::Kind::error, ENOSPC, 1},
        {"no space for a while", Fault::Kind::error, ENOSPC, 40},
        {"EIO, once", Fault::Kind::error, EIO, 1},
        {"EIO for a while", Fault::Kind::error, EIO, 40},
        {"a short write", Fault::Kind::short_write, 0, 1},
        {"short writes for a while", Fault::Kind::short_write, 0, 40},
    };
    History history(Kind::good);
    for (const Case& each : cases) {
        const std::string name = each.name;
        CAPTURE(name);
        std::uint64_t at = 1;
        for (;; ++at) {
            CAPTURE(at);
            history.begin();
            bool past = false;
            End end = End::died;
            // A process that gave up is started again, as systemd does it.
            {
                FaultyDisk disk(history.folder.path, {each.kind, at, each.length, each.code});
                for (int lives = 0; lives < 50 && end == End::died; ++lives)
                    end = history.live(&disk);
                past = !disk.hit() && !disk.healed();
            }
            CHECK(end == End::over);
            history.must_end_well(each.kind == Fault::Kind::short_write);
            if (past) break;
        }
        MESSAGE(name << ": " << at << " acts");
        CHECK(at > 100);
    }
}

TEST_CASE("memory that runs out ends the process at worst, and the next one goes on") {
    for (const Kind kind : {Kind::good, Kind::ill}) {
        History history(kind);
        history.begin();
        std::uint64_t all = 0;
        {
            FaultyDisk count(history.folder.path, {Fault::Kind::no_memory, ~0ULL >> 1U, 1, 0});
            REQUIRE(history.live(&count) == End::over);
            all = count.allocations();
        }
        const std::uint64_t step = deep() ? 7 : std::max<std::uint64_t>(1, all / 300);
        std::uint64_t tried = 0;
        for (std::uint64_t at = 1; at <= all; at += step) {
            CAPTURE(at);
            history.begin();
            CHECK(history.live_apart({Fault::Kind::no_memory, at, 1, 0}));
            history.must_end_well(false);
            ++tried;
        }
        MESSAGE(all << " allocations, " << tried << " of them refused in turn");
    }
}
