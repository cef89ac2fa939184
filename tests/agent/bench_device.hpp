// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device.hpp"

#include <backend.hpp>
#include <tools.hpp>

#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/wait.h>

// A device on the bench: files as its partitions, a boot loader that a test plays by its rules, and the real
// programs of the system in between. A restart ends the agent, as it does on a device.
namespace oakum::agent::test {

struct Restarted {};

// "VERSION_ID=2.0", then what kind of system it is: "good", "ill" or "dead" (it never comes up).
inline std::string system_image(const std::string& version, const std::string& kind = "good",
                                std::size_t size = 200'000) {
    std::string bytes = "VERSION_ID=" + version + "\n" + kind + "\n";
    while (bytes.size() < size)
        bytes += "block " + std::to_string(bytes.size()) + " of " + version + "\n";
    bytes.resize(size);
    return bytes;
}

inline bool installed(std::initializer_list<const char*> programs) {
    for (const char* program : programs) {
        bool found = false;
        for (const char* folder : {"/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/"})
            found = found || ::access((std::string(folder) + program).c_str(), X_OK) == 0;
        if (found) continue;
        MESSAGE("SKIPPED: " << program << " is not installed on this machine; ./run test installs it");
        return false;
    }
    return true;
}

// A program that runs beside the test, and ends with it.
class Beside {
  public:
    Beside(std::vector<std::string> words, std::vector<std::string> environment,
           const std::filesystem::path& output) {
        process_ = ::fork();
        REQUIRE(process_ >= 0);
        if (process_ != 0) return;
        const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(out, 1);
        ::dup2(out, 2);
        std::vector<char*> arguments, variables;
        for (std::string& word : words)
            arguments.push_back(word.data());
        for (std::string& each : environment)
            variables.push_back(each.data());
        arguments.push_back(nullptr);
        variables.push_back(nullptr);
        ::execve(words.front().c_str(), arguments.data(), variables.data());
        ::_exit(127);
    }
    ~Beside() {
        ::kill(process_, SIGTERM);
        for (int i = 0; i < 250; ++i) {
            if (::waitpid(process_, nullptr, WNOHANG) == process_) return;
            std::this_thread::sleep_for(20ms);
        }
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;

  private:
    pid_t process_ = -1;
};

// True as soon as it is; looks for half a minute.
template <class What> bool comes_true(What what) {
    for (int i = 0; i < 600; ++i) {
        if (what()) return true;
        std::this_thread::sleep_for(50ms);
    }
    return false;
}

class BenchDevice {
  public:
    // `settings` makes the lines of a configuration for a device in that folder.
    explicit BenchDevice(const std::function<std::string(const std::string&)>& settings) {
        for (const char* name : {"state", "trust", "staging", "slots", "root/etc"})
            std::filesystem::create_directories(path(name));
        put("a.img", std::string(1 << 20, '\0'));
        put("b.img", std::string(1 << 20, '\0'));
        put("health", "#!/bin/sh\ngrep -qx good " + path("root/kind") + " || { echo no uplink; exit 1; }\n");
        std::filesystem::permissions(path("health"), std::filesystem::perms::owner_all);
        std::string text = "server = https://127.0.0.1:1\nserial = GW-1\nmodel = AC-GW200\n"
                           "boot.restart = /bin/true\nboot_attempts = 2\n"
                           "system.root = " +
                           path("root") + "\nhealth.command = " + path("health") + "\n" +
                           settings(folder.path.string());
        auto read = parse_config(text);
        REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().text()));
        config = std::move(*read);
        config.folder = folder.path;
        config.settings.spare_bytes = 0;
        config.settings.health_interval = 20ms;
        config.settings.health_window = 200ms;
        config.settings.health_passes = 1;
    }
    std::string path(const std::string& name) const { return (folder.path / name).string(); }
    void put(const std::string& name, const std::string& bytes) const {
        std::fstream file(path(name), std::ios::in | std::ios::out | std::ios::binary);
        if (!file.is_open()) file.open(path(name), std::ios::out | std::ios::binary);
        file << bytes;
    }
    std::string get(const std::string& name) const {
        return system::read_bounded(path(name), 8 << 20).value_or("");
    }
    // What the slot that was chosen brings up. False: it never comes up.
    bool bring_up(const std::string& slot) const {
        const std::string image = get(slot + ".img");
        const std::size_t first = image.find('\n'), second = image.find('\n', first + 1);
        const std::string kind = image.substr(first + 1, second - first - 1);
        REQUIRE(system::write_durably(path("root/etc/os-release"), image.substr(0, first + 1)).ok());
        REQUIRE(system::write_durably(path("root/kind"), kind + "\n").ok());
        return kind != "dead";
    }
    // Offers an image, and lives to the end of it. `start` is the boot loader and all that comes up with it.
    template <class Start>
    void update(const std::string& image, const std::string& format, Start start,
                const std::string& version = "2.0") {
        const std::string root = backend.publish(image, version, format);
        std::filesystem::remove_all(path("trust"));
        std::filesystem::remove_all(path("state"));
        std::filesystem::create_directories(path("state"));
        std::filesystem::create_directories(path("trust"));
        REQUIRE(FolderKeep(folder.path / "trust").save("root.json", root).ok());
        backend.terms.version = version;
        backend.server = install::offer(backend.terms, clock.now());
        start();
        for (int lives = 0; lives < 20; ++lives) {
            try {
                if (live()) return;
            } catch (const Restarted&) {
                start();
            }
        }
        std::string words;
        for (std::size_t i = log.lines.size() > 30 ? log.lines.size() - 30 : 0; i < log.lines.size(); ++i)
            words += log.lines[i] + "\n";
        FAIL("no end after 20 lives: " << words);
    }
    bool live() {
        auto made = agent::Backend::make(
            config, {clock, random, log, [](base::Duration) -> bool { throw Restarted{}; }});
        REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.error().text()));
        FolderKeep state(folder.path / "state"), trusted(folder.path / "trust");
        updates::TrustedTargets trust(backend, trusted, reader);
        FileStaging staging(download_of(config));
        Collector collector(config, [&] { return (*made)->root(); }, log);
        NoIdentity identity;
        updates::Settings settings = config.settings;
        settings.formats = (*made)->formats();
        updates::Agent agent({backend, backend, trust, state, staging, (*made)->writer(), (*made)->boot(),
                              (*made)->health(), collector, identity, clock, random, log},
                             settings);
        REQUIRE(agent.start().ok());
        const auto until = clock.steady() + 60s;
        while (clock.steady() < until) {
            if (install::is_terminal(backend.server.state) && agent.state().phase == install::Phase::idle &&
                agent.state().reports.empty())
                return true;
            std::this_thread::sleep_for(std::min<base::Duration>(agent.step(), 20ms));
        }
        return false;
    }
    std::string ended() const {
        return std::string(install::to_string(backend.server.state)) + " " +
               std::string(install::to_string(backend.server.reason)) + ": " + backend.server.detail;
    }

    Folder folder;
    system::SystemClock clock;
    system::SystemRandom random;
    Quiet log;
    Config config;
    Backend backend{{}, clock};
    metadata::JsonReader reader;
};

} // namespace oakum::agent::test
