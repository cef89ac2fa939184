// SPDX-License-Identifier: Apache-2.0
// Updates of Debian packages with the real dpkg, on a system in a folder.
#include "bench_device.hpp"

#include <dpkg.hpp>

#include <csignal>
#include <dirent.h>
#include <sys/file.h>

using namespace oakum;
using namespace oakum::agent;
using namespace oakum::agent::test;
namespace fs = std::filesystem;
using install::Reason;
using install::State;

namespace {

struct Deb {
    std::string name, version;
    std::string kind = {}; // what it writes to /kind: "good" is healthy
    std::string postinst = {}, depends = {}, architecture = "all";
};

// A device whose system, of one package "app" 1.0, lies in a folder.
struct Packaged : BenchDevice {
    explicit Packaged(const std::string& more = {})
        : BenchDevice([&](const std::string& in) {
              return "backend = dpkg\ndpkg.archives = " + in + "/archives\n" + more;
          }) {
        for (const char* name : {"archives", "root/var/lib/dpkg/info", "root/var/lib/dpkg/updates",
                                 "root/var/lib/dpkg/triggers", "root/var/log", "slots/a", "slots/b"})
            fs::create_directories(path(name));
        backend.terms.budget.install = 1; // a failure ends it
        put("root/var/lib/dpkg/status", "");
        put("root/var/lib/dpkg/available", "");
        put("root/etc/os-release", "VERSION_ID=12\n");
        install_by_hand(make({"app", "1.0", "good"}));
    }
    // Its package file, in the folder where apt keeps them.
    std::string make(const Deb& deb) {
        const fs::path tree = folder.path / "tree";
        fs::remove_all(tree);
        fs::create_directories(tree / "DEBIAN");
        fs::create_directories(tree / "usr/share" / deb.name);
        std::ofstream(tree / "usr/share" / deb.name / "version") << deb.version << "\n";
        if (!deb.kind.empty()) std::ofstream(tree / "kind") << deb.kind << "\n";
        std::ofstream(tree / "DEBIAN/control")
            << "Package: " << deb.name << "\nVersion: " << deb.version
            << "\nArchitecture: " << deb.architecture << "\nMaintainer: x <x@example.org>\nDescription: x\n"
            << (deb.depends.empty() ? "" : "Depends: " + deb.depends + "\n");
        if (!deb.postinst.empty()) {
            std::ofstream(tree / "DEBIAN/postinst") << "#!/bin/sh\n" << deb.postinst << "\n";
            fs::permissions(tree / "DEBIAN/postinst", fs::perms(0755));
        }
        fs::permissions(tree / "DEBIAN", fs::perms(0755));
        const std::string file =
            path("archives/" + deb.name + "_" + deb.version + "_" + deb.architecture + ".deb");
        const auto made = run_tool({{"dpkg-deb", "--build", "--root-owner-group", tree.string(), file}});
        REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.error().text()));
        return file;
    }
    std::string bytes(const Deb& deb) {
        const std::string file = make(deb);
        const std::string content = system::read_bounded(file, 8 << 20).value();
        // A release brings its own files; they are not on the device before.
        if (deb.version != "1.0") fs::remove(file);
        return content;
    }
    // An artifact of several.
    std::string archive(const std::vector<Deb>& debs) {
        std::map<std::string, std::string> files;
        for (const Deb& deb : debs)
            files[deb.name + "_" + deb.version + "_" + deb.architecture + ".deb"] = bytes(deb);
        Tar tar;
        for (const auto& [name, content] : files)
            tar.file(name, content);
        return tar.done();
    }
    void install_by_hand(const std::string& file) {
        const auto done =
            run_tool({{"dpkg", "--root=" + path("root"), "--force-script-chrootless", "--install", file}});
        REQUIRE_MESSAGE(done.ok(), (done.ok() ? "" : done.error().text()));
    }
    std::string status_of(const std::string& name) {
        const auto said = run_tool({{"dpkg-query", "--admindir=" + path("root/var/lib/dpkg"), "--show",
                                     "--showformat=${Package}|${Version}|${db:Status-Status}\\n"}});
        REQUIRE(said.ok());
        std::istringstream lines(said->output);
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with(name + "|")) return line.substr(name.size() + 1);
        return "none";
    }
    void update(const std::string& artifact, const std::string& version = "2.0") {
        BenchDevice::update(artifact, "deb", [] {}, version);
    }
    State ended_as() const { return backend.server.state; }
    bool in_cache(const std::string& name) const { return fs::exists(path("packages/" + name)); }
};

bool dpkg_is_here() {
    return installed({"dpkg", "dpkg-deb", "dpkg-query"});
}

// Every program whose words name this folder: a dpkg, and what it started.
void kill_programs_of(const std::string& folder) {
    DIR* processes = ::opendir("/proc");
    REQUIRE(processes != nullptr);
    while (const dirent* each = ::readdir(processes)) {
        const int pid = std::atoi(each->d_name);
        if (pid <= 1 || pid == ::getpid()) continue;
        const auto words = system::read_bounded("/proc/" + std::to_string(pid) + "/cmdline", 1 << 20);
        if (words.ok() && words->find(folder) != std::string::npos) ::kill(pid, SIGKILL);
    }
    ::closedir(processes);
}

} // namespace

TEST_CASE(
    "packages: a good update stays, the version is the release's, and the next one goes on from there") {
    if (!dpkg_is_here()) return;
    Packaged device;
    device.update(device.archive({{"app", "2.0", "good", "", "lib (>= 2)"}, {"lib", "2.5"}}));
    CHECK_MESSAGE(device.ended_as() == State::verified, device.ended());
    CHECK(device.status_of("app") == "2.0|installed");
    CHECK(device.status_of("lib") == "2.5|installed");
    CHECK(device.backend.server.version_after == "2.0");
    CHECK(device.backend.inventory.components.size() == 2);
    // What was brought is kept, so that the next can be left again without any archive.
    CHECK(device.in_cache("app_2.0_all.deb"));
    fs::remove_all(device.path("archives"));
    fs::create_directories(device.path("archives"));
    device.update(device.bytes({"app", "3.0", "ill", "", "lib (>= 2)"}), "3.0");
    CHECK_MESSAGE(device.ended_as() == State::rolled_back, device.ended());
    CHECK(device.backend.server.reason == Reason::health_failed);
    CHECK(device.status_of("app") == "2.0|installed");
    CHECK(device.backend.server.version_after == "2.0");
    device.update(device.bytes({"app", "4.0", "good"}), "4.0");
    CHECK_MESSAGE(device.ended_as() == State::verified, device.ended());
    CHECK(device.status_of("app") == "4.0|installed");
}

TEST_CASE(
    "packages: an ill update is left again, with what it replaced put back and what it brought removed") {
    if (!dpkg_is_here()) return;
    Packaged device;
    device.update(device.archive({{"app", "2.0", "ill"}, {"extra", "1.0"}}));
    CHECK_MESSAGE(device.ended_as() == State::rolled_back, device.ended());
    CHECK(device.backend.server.reason == Reason::health_failed);
    CHECK(device.status_of("app") == "1.0|installed");
    CHECK(device.status_of("extra") == "none");
    CHECK(device.get("root/kind") == "good\n");
    CHECK(device.backend.server.version_after == "12");
}

TEST_CASE("packages: what dpkg cannot do fails with its words, and the system is as before") {
    if (!dpkg_is_here()) return;
    struct Case {
        const char* name;
        std::vector<Deb> debs;
        const char* words;
    };
    for (const Case& each :
         {Case{"a script that fails", {{"app", "2.0", "good", "echo no licence >&2; exit 3"}}, "no licence"},
          Case{"a dependency that is missing", {{"app", "2.0", "good", "", "nowhere"}}, "nowhere"},
          Case{"another architecture", {{"app", "2.0", "good", "", "", "s390x"}}, "s390x"}}) {
        CAPTURE(each.name);
        Packaged device;
        device.update(device.archive(each.debs));
        CHECK_MESSAGE(device.ended_as() == State::failed, device.ended());
        CHECK(device.backend.server.reason == Reason::write_failed);
        CHECK_MESSAGE(device.ended().find(each.words) != std::string::npos, device.ended());
        CHECK(device.status_of("app") == "1.0|installed");
        CHECK(device.get("root/kind") == "good\n");
    }
}

TEST_CASE("packages: without a way back nothing is begun, and it says what to do") {
    if (!dpkg_is_here()) return;
    Packaged device;
    fs::remove(device.path("archives/app_1.0_all.deb"));
    device.update(device.bytes({"app", "2.0", "good"}));
    CHECK_MESSAGE(device.ended_as() == State::failed, device.ended());
    CHECK(device.ended().find("there is no way back from an update of app") != std::string::npos);
    CHECK(device.ended().find("apt-get download app=1.0") != std::string::npos);
    CHECK(device.status_of("app") == "1.0|installed");
    // A file of that name that is something else is none.
    const std::string other = device.make({"other", "1.0"});
    fs::rename(other, device.path("archives/app_1.0_all.deb"));
    device.update(device.bytes({"app", "2.0", "good"}));
    CHECK(device.ended_as() == State::failed);
    // More than the cache may hold is refused before it is begun too.
    Packaged small("dpkg.cache_bytes = 1048576\n");
    small.put("tree2", "");
    std::string big(2 << 20, 'x');
    for (std::size_t i = 0; i < big.size(); i += 7)
        big[i] = static_cast<char>('a' + (i * 2654435761U >> 7) % 26);
    fs::create_directories(small.path("bigtree/DEBIAN"));
    std::ofstream(small.path("bigtree/data")) << big;
    std::ofstream(small.path("bigtree/DEBIAN/control")) << "Package: app\nVersion: 2.0\nArchitecture: all\n"
                                                           "Maintainer: x <x@example.org>\nDescription: x\n";
    REQUIRE(run_tool({{"dpkg-deb", "-Znone", "--build", small.path("bigtree"), small.path("big.deb")}}).ok());
    small.update(small.get("big.deb"));
    CHECK(small.ended().find("dpkg.cache_bytes") != std::string::npos);
    CHECK(small.status_of("app") == "1.0|installed");
}

TEST_CASE("packages: an artifact that is not what it should be never reaches dpkg") {
    if (!dpkg_is_here()) return;
    Packaged probe;
    const std::string good = probe.bytes({"app", "2.0", "good"});
    const auto tar = [&](const std::string& name, const std::string& content) {
        return Tar().file(name, content).done();
    };
    std::map<std::string, std::string> cases{
        {"no package", "hello"},
        {"a package that is cut", good.substr(0, good.size() / 2)},
        {"an archive of something else", tar("bin/firmware", "x")},
        {"an archive that leads out", tar("../app_2.0_all.deb", good)},
        {"an archive with folders", tar("x/app_2.0_all.deb", good)},
        {"an archive of a file that is no package", tar("app_2.0_all.deb", "x")},
        {"an option as a name", tar("--force-all.deb", good)},
        {"one package twice", Tar().file("a.deb", good).file("b.deb", good).done()},
        {"an archive that is cut", tar("app_2.0_all.deb", good).substr(0, 1000)},
    };
    Tar many;
    for (int i = 100; i < 400; ++i)
        many.file("p" + std::to_string(i) + ".deb", "x");
    cases["too many"] = many.done();
    for (const auto& [name, artifact] : cases) {
        CAPTURE(name);
        Packaged device;
        const auto before = fs::last_write_time(device.path("root/var/lib/dpkg/status"));
        device.update(artifact);
        CHECK_MESSAGE(device.ended_as() == State::failed, device.ended());
        CHECK(device.backend.server.reason == Reason::write_failed);
        CHECK(fs::last_write_time(device.path("root/var/lib/dpkg/status")) == before);
    }
}

TEST_CASE("packages: an agent and a dpkg that are killed in the middle go on to the end") {
    if (!dpkg_is_here()) return;
    const Deb slow{"app", "2.0", "good", "sleep 0.3"};
    int caught = 0;
    for (int pause = 20; pause <= 1200; pause += 90) {
        CAPTURE(pause);
        Packaged device;
        const std::string artifact = device.archive({slow, {"lib", "1.0"}});
        const std::string root = device.backend.publish(artifact, "2.0", "deb");
        REQUIRE(FolderKeep(device.folder.path / "trust").save("root.json", root).ok());
        // One life in a process of its own, which is killed with all that it started.
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) ::_exit(device.live() ? 0 : 1);
        std::this_thread::sleep_for(std::chrono::milliseconds(pause));
        ::kill(child, SIGKILL);
        kill_programs_of(device.folder.path.string());
        int status = 0;
        ::waitpid(child, &status, 0);
        caught += WIFSIGNALED(status) ? 1 : 0;
        REQUIRE(device.live());
        CHECK_MESSAGE(device.ended_as() == State::verified, device.ended());
        CHECK(device.status_of("app") == "2.0|installed");
        CHECK(device.status_of("lib") == "1.0|installed");
    }
    CHECK(caught > 5);
}

TEST_CASE("packages: a kill while it goes back goes on back") {
    if (!dpkg_is_here()) return;
    for (int pause = 300; pause <= 1500; pause += 150) {
        CAPTURE(pause);
        Packaged device;
        // Going back takes a while too: the old version's own script.
        device.install_by_hand(device.make({"app", "1.0", "good", "sleep 0.3"}));
        const std::string artifact = device.archive({{"app", "2.0", "ill"}, {"lib", "1.0"}});
        const std::string root = device.backend.publish(artifact, "2.0", "deb");
        REQUIRE(FolderKeep(device.folder.path / "trust").save("root.json", root).ok());
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) ::_exit(device.live() ? 0 : 1);
        std::this_thread::sleep_for(std::chrono::milliseconds(pause));
        ::kill(child, SIGKILL);
        kill_programs_of(device.folder.path.string());
        ::waitpid(child, nullptr, 0);
        REQUIRE(device.live());
        CHECK_MESSAGE(device.ended_as() == State::rolled_back, device.ended());
        CHECK(device.status_of("app") == "1.0|installed");
        CHECK(device.status_of("lib") == "none");
    }
}

TEST_CASE("packages: what a power cut left half configured is mended at the start, or told") {
    if (!dpkg_is_here()) return;
    Packaged device;
    const auto unpack = [&](const std::string& file) {
        REQUIRE(run_tool({{"dpkg", "--root=" + device.path("root"), "--force-script-chrootless", "--unpack",
                           file}})
                    .ok());
    };
    const auto start = [&] {
        auto made = agent::Backend::make(
            device.config, {device.clock, device.random, device.log, [](base::Duration) { return false; }});
        REQUIRE(made.ok());
        return std::move(*made);
    };
    unpack(device.make({"app", "1.1", "good"}));
    CHECK(device.status_of("app") == "1.1|unpacked");
    CHECK(start()->health().check().healthy);
    CHECK(device.status_of("app") == "1.1|installed");
    unpack(device.make({"app", "1.2", "good", "", "nowhere"}));
    const auto made = start();
    const auto health = made->health().check();
    CHECK_FALSE(health.healthy);
    CHECK(health.detail.find("packages are not whole: app (unpacked)") != std::string::npos);
    CHECK(made->boot().view().value().running_version == "12");
}

TEST_CASE("packages: what somebody changes by hand is told as the system that it is") {
    if (!dpkg_is_here()) return;
    Packaged device;
    device.update(device.bytes({"app", "2.0", "good"}));
    REQUIRE(device.ended_as() == State::verified);
    auto made = agent::Backend::make(
        device.config, {device.clock, device.random, device.log, [](base::Duration) { return false; }});
    CHECK((*made)->boot().view().value().running_version == "2.0");
    CHECK((*made)->boot().view().value().image);
    device.install_by_hand(device.make({"app", "2.1", "good"}));
    CHECK((*made)->boot().view().value().running_version == "12");
    CHECK_FALSE((*made)->boot().view().value().image);
}

TEST_CASE("packages: somebody else who uses dpkg is waited for") {
    if (!dpkg_is_here()) return;
    Packaged device;
    const int lock = ::open(device.path("root/var/lib/dpkg/lock-frontend").c_str(), O_RDWR | O_CREAT, 0600);
    const pid_t child = ::fork();
    if (child == 0) {
        struct flock whole{};
        whole.l_type = F_WRLCK;
        ::fcntl(lock, F_SETLK, &whole);
        std::this_thread::sleep_for(3s);
        ::_exit(0);
    }
    std::this_thread::sleep_for(200ms);
    const auto began = std::chrono::steady_clock::now();
    device.update(device.bytes({"app", "2.0", "good"}));
    CHECK(device.ended_as() == State::verified);
    CHECK(std::chrono::steady_clock::now() - began > 1500ms);
    ::waitpid(child, nullptr, 0);
    ::close(lock);
}

TEST_CASE("packages: where a restart is needed the new version counts after it, and so does the way back") {
    if (!dpkg_is_here()) return;
    for (const bool good : {true, false}) {
        Packaged device("restart_needed = yes\n");
        const std::string notes = device.path("slots/boot.env");
        int restarts = 0;
        // Another boot id stands for a restart.
        const auto restarted = [&] {
            if (!fs::exists(notes)) return;
            auto env = parse_boot_env(system::read_bounded(notes, 1 << 16).value()).value();
            if (env.stage_boot.empty()) return;
            env.stage_boot = "an earlier one";
            REQUIRE(system::write_durably(notes, encode(env)).ok());
            ++restarts;
        };
        device.BenchDevice::update(device.bytes({"app", "2.0", good ? "good" : "ill"}), "deb", restarted);
        CHECK_MESSAGE(device.ended_as() == (good ? State::verified : State::rolled_back), device.ended());
        CHECK(restarts >= 1);
        CHECK(device.status_of("app") == (good ? "2.0|installed" : "1.0|installed"));
    }
}

TEST_CASE("what dpkg and its files say is read strictly") {
    CHECK(parse_fields("Package: app\nVersion: 1:2.0-1~x\nArchitecture: all\n").value() ==
          Package{"app", "1:2.0-1~x", "all"});
    for (const char* bad :
         {"", "Package: app\n", "Package: -x\nVersion: 1\nArchitecture: all\n",
          "Package: a/b\nVersion: 1\nArchitecture: all\n", "Package: app\nVersion: 1 2\nArchitecture: all\n",
          "Package: app\nVersion: 1\nArchitecture: all\nDepends: x\n"})
        CHECK_FALSE(parse_fields(bad).ok());
    const auto rows =
        parse_installed("app\t1.0\tall\tinstalled\nold\t\tall\tnot-installed\nx\t2\tamd64\tunpacked\n");
    REQUIRE(rows.ok());
    REQUIRE(rows->size() == 2);
    CHECK((*rows)[1].status == "unpacked");
    for (const char* bad :
         {"app\t1.0\tall\tinstalled\tmore\n", "../x\t1\tall\tinstalled\n", "app\t1.0\tall\t\n"})
        CHECK_FALSE(parse_installed(bad).ok());
    PackagePlan plan;
    plan.steps.push_back({{"app", "2:1", "all"},
                          "app_2%3a1_all.deb",
                          base::sha256(std::string_view("x")),
                          1,
                          Package{"app", "1.0", "all"},
                          "app_1.0_all.deb"});
    const std::string text = encode(plan);
    CHECK(encode(decode_plan(text).value()) == text);
    for (const auto& [from, to] : {std::pair<std::string, std::string>{"app_1.0_all.deb", "../../x.deb"},
                                   {"app_2%3a1_all.deb", "/etc/passwd"},
                                   {"\"name\":\"app\"", "\"name\":\"--root\""}}) {
        std::string changed = text;
        changed.replace(changed.find(from), from.size(), to);
        CHECK_FALSE(decode_plan(changed).ok());
    }
}
