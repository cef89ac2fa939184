// SPDX-License-Identifier: Apache-2.0
#include "verbs.hpp"

#include "backend.hpp"
#include "first_root.hpp"
#include "host_system.hpp"
#include "identity.hpp"

#include <native/client.hpp>
#include <pki/certificate.hpp>
#include <pki/request.hpp>
#include <system/clock.hpp>
#include <system/file.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <unistd.h>

namespace oakum::agent {
namespace {

namespace fs = std::filesystem;
using base::Status;

constexpr std::size_t max_text = 1 << 20;

Status make_folders(const fs::path& folder) {
    for (const char* name : {"state", "trust", "staging", "slots/a", "slots/b", "firmware-state", "brought"})
        TRY(system::make_private_folder(folder / name));
    return {};
}

base::Result<base::Digest256> read_fingerprint(std::string text) {
    std::erase(text, ':');
    auto digest = base::Digest256::parse(text);
    if (!digest.ok()) return base::invalid("--ca-fingerprint is a SHA-256 in hexadecimal");
    return digest;
}

base::Result<http::Trust> first_trust(const Arguments& arguments) {
    http::Trust trust;
    if (const std::string file = arguments.get("--ca"); !file.empty()) {
        auto pem = system::read_bounded(file, max_text);
        if (!pem.ok()) return std::move(pem).error().wrap("--ca");
        if (const auto read = pki::read_certificate(*pem); !read.ok())
            return base::invalid("--ca: " + file + " holds no certificate in PEM; the server's is " +
                                 "DIR/keys/online/ca.pem of oakumd");
        trust.ca_pem = std::move(*pem);
        return trust;
    }
    const std::string text = arguments.get("--ca-fingerprint");
    if (text.empty())
        return base::invalid("--ca-fingerprint is missing: oakumd printed it at its first start, and 'oakum "
                             "enrolment create' prints it with the whole command");
    TRY_VALUE(trust.ca_fingerprint, read_fingerprint(text));
    return trust;
}

base::Result<std::string> read_token(const Arguments& arguments) {
    const std::string file = arguments.get("--token-file");
    std::string token = arguments.get("--token");
    if (!file.empty()) {
        TRY_VALUE(token, system::read_bounded(file, 4096));
    }
    while (!token.empty() && (token.back() == '\n' || token.back() == ' '))
        token.pop_back();
    if (token.empty())
        return base::invalid(
            "--token is missing: make one with 'oakum enrolment create --label NAME --uses 1 "
            "--hours 24'");
    return token;
}

// What to do about a refusal, in the words of somebody who has this device before them.
base::Error advise(base::Error error, const Config& config) {
    switch (error.kind) {
    case base::ErrorKind::unauthenticated:
        error.message += "\nMake a new token with 'oakum enrolment create --label NAME --uses 1 --hours 24'.";
        break;
    case base::ErrorKind::conflict:
        error.message += "\nIf this is the same device: 'oakum device revoke " + config.serial +
                         "' and enrol again. If it is another one: give it its own --serial.";
        break;
    case base::ErrorKind::denied:
        error.message +=
            "\nCompare --ca-fingerprint with what oakumd printed ('oakum system show'): if it is "
            "the same, somebody stands between this device and the server.";
        break;
    case base::ErrorKind::unavailable:
        error.message +=
            "\nIs oakumd running there, and does a firewall let this device through? Nothing was "
            "changed; run it again.";
        break;
    case base::ErrorKind::not_found:
    case base::ErrorKind::invalid:
    case base::ErrorKind::too_large:
    case base::ErrorKind::corrupt:
    case base::ErrorKind::bug:
        break;
    }
    return error;
}

// The folder of a device that is being enrolled. Unless it is kept, what this made is gone again at the end.
class NewFolder {
  public:
    static base::Result<std::unique_ptr<NewFolder>> make(const fs::path& folder) {
        std::error_code error;
        auto made = std::make_unique<NewFolder>();
        made->folder_ = folder;
        made->had_folder_ = fs::exists(folder, error);
        made->had_lock_ = fs::exists(folder / "lock", error);
        Status created = system::make_private_folder(folder);
        if (!created.ok())
            return std::move(created).error().wrap(
                "--dir: run it as root, or name a folder that you may write to");
        auto lock = system::FileLock::acquire(folder / "lock");
        if (!lock.ok()) return std::move(lock).error().wrap("an agent runs on " + folder.string());
        made->lock_.emplace(std::move(*lock));
        return made;
    }
    void keep() { kept_ = true; }
    ~NewFolder() {
        if (kept_) return;
        if (!had_lock_) ::unlink((folder_ / "lock").c_str());
        if (!had_folder_) ::rmdir(folder_.c_str());
    }

  private:
    fs::path folder_;
    bool had_folder_ = false, had_lock_ = false, kept_ = false;
    std::optional<system::FileLock> lock_;
};

base::Result<FirstRoot> choose_root(const Arguments& arguments, const fs::path& folder,
                                    const std::string& served, base::TimePoint now) {
    std::error_code error;
    std::optional<std::string> kept;
    if (fs::exists(folder / "trust", error)) {
        TRY_VALUE(kept, FolderKeep(folder / "trust").load("root.json"));
    }
    const std::string given = arguments.get("--root");
    if (given.empty()) return first_root(RootFrom::here, kept, served, "", now);
    if (given == "server") return first_root(RootFrom::server, kept, served, "", now);
    auto pinned = system::read_bounded(given, max_text);
    if (!pinned.ok()) return std::move(pinned).error().wrap("--root");
    return first_root(RootFrom::file, kept, served, *pinned, now);
}

// Metadata of another root of trust would only be refused.
Status begin_trust(FolderKeep keep, const FirstRoot& root) {
    if (!root.anew) return {};
    TRY_VALUE(const auto names, keep.names());
    for (const std::string& name : names)
        TRY(keep.remove(name));
    return keep.save("root.json", root.text);
}

} // namespace

fs::path Arguments::folder() const {
    if (const std::string given = get("--dir"); !given.empty()) return given;
    if (::geteuid() == 0) return "/var/lib/oakum-agent";
    const char* state = std::getenv("XDG_STATE_HOME");
    const char* home = std::getenv("HOME");
    if (state != nullptr && *state == '/') return fs::path(state) / "oakum-agent";
    return fs::path(home == nullptr ? "." : home) / ".local/state/oakum-agent";
}

base::Result<Arguments> Arguments::parse(int count, char** words,
                                         std::initializer_list<std::string_view> known) {
    Arguments arguments;
    for (int i = 0; i < count; i += 2) {
        const std::string name = words[i];
        if (std::ranges::find(known, name) == known.end())
            return base::invalid("\"" + name + "\" is no option here; see oakum-agent --help");
        if (i + 1 == count) return base::invalid(name + " needs a value");
        arguments.values_[name] = words[i + 1];
    }
    return arguments;
}

base::Result<std::string> Arguments::need(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end() || found->second.empty()) return base::invalid(name + " is missing");
    return found->second;
}

std::string Arguments::get(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string() : found->second;
}

base::Result<Config> read_config(const Arguments& arguments) {
    const fs::path folder = arguments.folder();
    fs::path file = arguments.get("--config");
    if (file.empty()) file = folder / "agent.conf";
    auto text = system::read_bounded(file, max_text);
    if (!text.ok() && text.error().kind == base::ErrorKind::not_found)
        return base::not_found(file.string() +
                               " is not there: enrol this device first, with the command that "
                               "'oakum enrolment create' prints, or name its folder with --dir");
    if (!text.ok()) return std::move(text).error().wrap("reading the configuration");
    auto config = parse_config(*text);
    if (!config.ok()) return std::move(config).error().wrap(file.string());
    config->folder = folder;
    return config;
}

base::Result<Config> load_config(const Arguments& arguments) {
    TRY_VALUE(Config config, read_config(arguments));
    TRY(make_folders(config.folder));
    return config;
}

bool agent_runs(const fs::path& folder) {
    // Taken and let go at once, without making the file.
    std::error_code error;
    if (!fs::exists(folder / "lock", error)) return false;
    const auto lock = system::FileLock::acquire(folder / "lock");
    return !lock.ok() && lock.error().kind == base::ErrorKind::conflict;
}

Status enroll(const Arguments& arguments, base::LogSink& log) {
    Config config;
    config.folder = arguments.folder();
    TRY_VALUE(const std::string url, arguments.need("--server"));
    TRY(read_url(url, config));
    config.serial = arguments.get("--serial");
    config.model = arguments.get("--model");
    if (config.serial.empty()) config.serial = hardware_serial();
    if (config.model.empty()) config.model = hardware_model();
    if (config.serial.empty() || config.model.empty())
        return base::invalid("this machine does not say its " +
                             std::string(config.model.empty() ? "model" : "serial number") + ": give --" +
                             (config.model.empty() ? "model" : "serial"));
    config.hw_revision = arguments.get("--hw-revision");
    const auto readable = parse_config(first_config(config));
    if (!readable.ok() || readable->serial != config.serial || readable->model != config.model ||
        readable->hw_revision != config.hw_revision)
        return base::invalid(
            "serial, model and hardware revision are one line each, at most 256 characters, without '#'");
    http::ClientOptions options;
    options.host = config.host;
    options.port = config.port;
    TRY_VALUE(options.trust, first_trust(arguments));
    wire::EnrollRequest request;
    TRY_VALUE(request.token, read_token(arguments));
    TRY_VALUE(const auto folder, NewFolder::make(config.folder));

    system::SystemClock clock;
    options.trust.ignore_dates = clock_is_behind(clock.now());
    TRY_VALUE(const auto connection, http::Client::make(options));
    native::Client server(*connection);
    TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::generate(pki::KeyKind::p256));
    TRY_VALUE(request.csr_pem, pki::make_request(key, config.serial));
    request.serial = config.serial;
    request.model = config.model;
    request.hw_revision = config.hw_revision;
    auto reply = server.enroll(request);
    if (!reply.ok())
        return advise(std::move(reply).error().wrap("enrolling " + config.serial + " at " + url_of(config)),
                      config);
    if (reply->certificate_pem.empty())
        return base::unavailable(
            "the server waits for a person to accept this device; enrol again afterwards");
    TRY_VALUE(const FirstRoot root, choose_root(arguments, config.folder, reply->trust_root, clock.now()));
    TRY(pki::check_pair(reply->certificate_pem, key));
    TRY_VALUE(const std::string secret, key.secret_pem());

    // The token is spent: from here on everything stays. The identity last: its presence says that all is
    // there.
    folder->keep();
    TRY(make_folders(config.folder));
    std::string authorities =
        options.trust.ca_pem.empty() ? connection->learned_ca_pem() : options.trust.ca_pem;
    if (authorities.find(reply->ca_pem) == std::string::npos) authorities += reply->ca_pem;
    const auto before = system::read_bounded(config.folder / "agent.conf", max_text);
    TRY(system::write_durably(config.folder / "ca.pem", authorities));
    TRY(begin_trust(FolderKeep(config.folder / "trust"), root));
    TRY(system::write_durably(config.folder / "agent.conf",
                              first_config(config, before.ok() ? *before : "")));
    TRY(FileIdentity(config.folder, config.serial).replace(secret, reply->certificate_pem));
    log.write(base::LogLevel::info, "enroll", "this device is " + reply->device);
    const std::string where = arguments.get("--dir").empty() ? "" : " --dir " + config.folder.string();
    std::printf("Enrolled %s (%s) as %s at %s.\n", config.serial.c_str(), config.model.c_str(),
                reply->device.c_str(), url_of(config).c_str());
    if (!root.note.empty()) std::printf("%s\n", root.note.c_str());
    std::printf("Its settings: %s\n", (config.folder / "agent.conf").c_str());
    if (!was_provisioned(config.folder / "slots"))
        std::printf("It has no slots yet: it will be watched, not updated. To update it, first give it the "
                    "firmware that it has:\n  oakum-agent provision%s --image FILE\n",
                    where.c_str());
    std::printf("Start it:\n  oakum-agent run%s\n", where.c_str());
    return {};
}

Status provision(const Arguments& arguments, base::LogSink& log) {
    TRY_VALUE(const std::string image, arguments.need("--image"));
    Config config;
    config.folder = arguments.folder();
    TRY(make_folders(config.folder));
    TRY_VALUE(const auto lock, system::FileLock::acquire(config.folder / "lock"));
    system::SystemClock clock;
    system::SystemRandom random;
    FirmwareProcess process(config.folder / "firmware.log");
    FolderSlots slots(slot_options(config), process, clock, random, log);
    return slots.provision(image);
}

} // namespace oakum::agent
