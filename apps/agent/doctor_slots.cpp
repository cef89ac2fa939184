// SPDX-License-Identifier: Apache-2.0
#include "backend.hpp"
#include "doctor.hpp"
#include "tools.hpp"

#include <system/file.hpp>

#include <fcntl.h>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace oakum::agent {
namespace {

namespace fs = std::filesystem;
using Kind = BackendConfig::Kind;
using Level = Finding::Level;

constexpr std::size_t max_text = 64 << 10;
constexpr std::size_t max_mounts = 1 << 20;

base::Result<base::Digest256> hash_file(const fs::path& file, std::uint64_t length) {
    base::Sha256 hash;
    TRY(read_pieces(file, length, [&](base::ByteView piece) -> base::Status {
        hash.update(piece);
        return {};
    }));
    return hash.finish();
}

// Where a partition is mounted; empty: nowhere that is known.
std::string mounted_at(const fs::path& device) {
    const auto text = system::read_bounded("/proc/self/mounts", max_mounts);
    std::error_code error;
    const fs::path real = fs::canonical(device, error);
    if (!text.ok() || error) return {};
    std::istringstream lines(*text);
    for (std::string what, where, rest; lines >> what >> where && std::getline(lines, rest);)
        if (what == real.string()) return where;
    return {};
}

} // namespace

void Examination::slots() {
    if (config_.backend.kind == Kind::dpkg || config_.backend.kind == Kind::program) return one_system();
    if (config_.backend.kind != Kind::folders) return loader_slots();
    if (!was_provisioned(config_.folder / "slots"))
        return add(Level::warning, "slots", "none: this device is watched, not updated",
                   "oakum-agent provision --image FILE, with the firmware that it has");
    folder_slots();
}

void Examination::folder_slots() {
    const fs::path folder = config_.folder / "slots";
    std::optional<BootEnv> env;
    bool first = true;
    for (const char* name : {"boot.env", "boot.env.copy"}) {
        const auto text = system::read_bounded(folder / name, max_text);
        auto read = text.ok() ? parse_boot_env(*text) : base::Result<BootEnv>(text.error());
        if (!read.ok())
            add(Level::warning, "boot loader", std::string(name) + ": " + read.error().text(),
                "start the agent anew: what one of the two files says is written to both");
        else if (!env)
            env = std::move(*read);
        else if (*env != *read && first)
            add(Level::well, "boot loader", "boot.env is newer than its copy, which is allowed");
        first = false;
    }
    if (!env)
        return add(Level::ill, "boot loader", "neither boot.env nor its copy can be read: no slot is trusted",
                   "let the agent run: it takes an update into a slot, whichever the server offers");
    if (env->images.empty())
        add(Level::ill, "slots", "none can be started",
            "let the agent run: it takes an update into a slot, whichever the server offers");
    for (const auto& [slot, image] : env->images) {
        const auto seen = hash_file(folder / slot / "image.tar", image.length);
        const bool sound = seen.ok() && *seen == image.digest;
        const bool stays = slot == env->active;
        std::string sentence = "slot " + slot + " holds " + image.version + (stays ? ", which stays" : "");
        if (slot == env->trying) sentence += ", on trial: " + std::to_string(env->tries_left) + " tries left";
        if (sound) {
            add(Level::well, "slots", sentence);
            continue;
        }
        sentence = "slot " + slot + " does not hold what was verified: " +
                   (seen.ok() ? "its digest is another" : seen.error().text());
        add(stays ? Level::ill : Level::warning, "slots", sentence,
            "look at the medium; the agent starts the other slot, and the next update mends this one");
    }
}

void Examination::loader_slots() {
    const auto loader = make_loader(config_);
    const auto seen = loader->look();
    if (!seen.ok())
        return add(Level::ill, "boot loader", seen.error().text(),
                   config_.backend.kind == Kind::rauc
                       ? "is RAUC's service up, and may this user ask it? 'rauc status' says more"
                       : "see docs/agent.md for what the boot loader has to do; run this as root");
    add(seen->next == seen->running ? Level::well : Level::warning, "boot loader",
        "slot " + seen->running + " runs, the next start takes slot " + seen->next,
        seen->next == seen->running ? ""
                                    : "nothing while an update is on trial; else look at who changed it");
    if (config_.backend.kind != Kind::rauc) partitions(other_slot(seen->running));
}

void Examination::partitions(const std::string& spare) {
    for (const auto& [name, slots] : config_.backend.partitions) {
        const std::string of = name.empty() ? "" : " of " + name;
        std::uint64_t sizes[2] = {0, 0};
        bool present = true;
        for (const auto& [slot, path] : slots) {
            const Descriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
            if (!in.open()) {
                add(Level::ill, "slots",
                    "slot." + slot + of + ": " + system_error("opening " + path.string()).text(),
                    "name the partition in agent.conf as it is called here; 'lsblk' lists them");
                present = false;
                continue;
            }
            const off_t size = ::lseek(in.number(), 0, SEEK_END);
            sizes[slot == "b" ? 1 : 0] = size > 0 ? static_cast<std::uint64_t>(size) : 0;
            if (slot != spare) continue;
            if (::access(path.c_str(), W_OK) != 0) {
                add(Level::ill, "slots", path.string() + " of the spare slot cannot be written by this user",
                    "run the agent as root, or give its user the partition");
                present = false;
            }
            if (const std::string where = mounted_at(path); !where.empty()) {
                add(Level::ill, "slots", path.string() + " of the spare slot is mounted at " + where,
                    "umount " + where + ": what is mounted must not be overwritten");
                present = false;
            }
        }
        if (!present) continue;
        const std::string both = std::to_string(sizes[0]) + " and " + std::to_string(sizes[1]) + " bytes";
        if (sizes[0] == sizes[1])
            add(Level::well, "slots", "the partitions" + of + " have " + both);
        else
            add(Level::warning, "slots", "the partitions" + of + " differ: " + both,
                "an image has to fit into the smaller one, or updates fail every second time");
    }
}

void Examination::programs() {
    const BackendConfig& backend = config_.backend;
    std::vector<std::pair<std::string, std::string>> wanted; // with the package that has it
    if (backend.kind == Kind::rauc) wanted.emplace_back("rauc", "rauc");
    if (backend.kind == Kind::swupdate) wanted.emplace_back("swupdate-client", "swupdate");
    if (backend.kind != Kind::folders && backend.loader == BackendConfig::Loader::uboot)
        for (const char* name : {"fw_printenv", "fw_setenv"})
            wanted.emplace_back(name, "libubootenv-tool");
    if (backend.kind == Kind::dpkg)
        for (const char* name : {"dpkg", "dpkg-deb", "dpkg-query"})
            wanted.emplace_back(name, "dpkg");
    const bool one_system = backend.kind == Kind::dpkg || backend.kind == Kind::program;
    if (backend.kind != Kind::folders && (!one_system || backend.restart_needed))
        wanted.emplace_back(backend.restart.front(), "");
    if (!config_.health_command.empty() && config_.health_command.front().starts_with('/'))
        wanted.emplace_back(config_.health_command.front(), "");
    if (!config_.services.units.empty()) wanted.emplace_back("systemctl", "systemd");
    const std::size_t before = findings_.size();
    std::string found;
    for (const auto& [name, package] : wanted) {
        const auto path = find_tool(name);
        if (!path.ok() || ::access(path->c_str(), X_OK) != 0) {
            add(Level::ill, "programs", name + " is not there, or may not be run",
                package.empty() ? "correct agent.conf" : "install the package " + package);
            continue;
        }
        found += (found.empty() ? "" : ", ") + *path;
    }
    if (!found.empty() && findings_.size() == before) add(Level::well, "programs", found);
}

} // namespace oakum::agent
