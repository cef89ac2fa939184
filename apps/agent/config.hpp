// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "local_rules.hpp"
#include "service_checks.hpp"

#include <system/process.hpp>
#include <updates/agent.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::agent {

// How this device installs, and what starts it.
struct BackendConfig {
    enum class Kind : std::uint8_t {
        folders,
        partitions,
        rauc,
        swupdate,
        dpkg,
        program
    } kind = Kind::folders;
    enum class Loader : std::uint8_t { none, uboot, grub } loader = Loader::none;
    std::filesystem::path environment;                    // of the boot loader
    std::filesystem::path command_line = "/proc/cmdline"; // says oakum.slot=a
    std::vector<std::string> restart = {"reboot"};
    std::filesystem::path root = "/";                                               // of the system that runs
    std::map<std::string, std::map<std::string, std::filesystem::path>> partitions; // by component and slot
    std::map<std::string, std::string> selections = {{"a", "stable,a"}, {"b", "stable,b"}};
    std::filesystem::path sockets; // of SWUpdate
    std::string bus;               // of RAUC
    // Of what changes the one system that there is: dpkg and program.
    bool restart_needed = false; // a change takes effect with the device's restart
    std::vector<std::filesystem::path> archives = {"/var/cache/apt/archives"}; // where package files lie
    std::uint64_t cache_bytes = 256ULL << 20;
    std::filesystem::path program; // empty: the artifact's own
    bool program_stated = false;
    base::Duration program_timeout = std::chrono::minutes(30);
    system::Limits program_limits = {
        .memory_bytes = 512ULL << 20, .cpu_seconds = 600, .file_bytes = 1ULL << 30, .open_files = 256};
};
// False: the key is not one of these. Errors: invalid.
base::Result<bool> set_backend(BackendConfig& backend, std::string_view key, std::string_view value);
// What one line alone cannot show. Errors: invalid.
base::Status check_backend(const BackendConfig& backend);

// DIR/agent.conf: lines "key = value", '#' begins a comment. Written by `enroll`, meant to be edited.
struct Config {
    std::filesystem::path folder;
    std::string host;
    std::uint16_t port = 443;
    std::string serial, model, hw_revision;
    std::vector<std::string> health_command = {"bin/health"}; // relative to the running slot; empty: none
    std::uint16_t health_port = 0;                            // of 127.0.0.1; zero: none
    std::string health_path = "/";
    ServiceChecks services;
    LocalRulesConfig rules;
    bool packages_stated = false;  // the file says which; otherwise those of what runs
    bool packages_of_slot = true;  // usr/lib/oakum/packages.json
    bool packages_of_dpkg = false; // /var/lib/dpkg/status
    std::uint64_t slot_bytes = 512ULL << 20;
    std::uint32_t boot_attempts = 3;
    std::map<std::string, std::string> facts; // "fact.site = hall 3"
    BackendConfig backend;
    updates::Settings settings;
};

// "https://host:port", "https://[::1]:8443/". Errors: invalid.
base::Status read_url(std::string_view url, Config& config);
std::string url_of(const Config& config);

// Errors: invalid, with the line, the key and what to write there.
base::Result<Config> parse_config(std::string_view text);
// What `enroll` writes: its own lines, and all others of the file that was there.
std::string first_config(const Config& config, std::string_view before = {});

} // namespace oakum::agent
