// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "in_place.hpp"

#include <base/digest.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::agent {

// What a package file says of itself, or dpkg of what is installed.
struct Package {
    std::string name, version, architecture;
    bool operator==(const Package&) const = default;
};
// "Package: x" and its like, as `dpkg-deb --field FILE Package Version Architecture` prints them. Errors:
// invalid (not these three, each once and of the letters that they are made of).
base::Result<Package> parse_fields(std::string_view text);

// Lines "NAME<TAB>VERSION<TAB>ARCH<TAB>STATUS" of dpkg-query. Errors: invalid.
struct InstalledPackage {
    Package package;
    std::string status; // "installed", "half-configured", "config-files", ...
};
base::Result<std::vector<InstalledPackage>> parse_installed(std::string_view text);

// What one update does to each of its packages, and what it takes to go back.
struct PackagePlan {
    struct Step {
        Package package;
        std::string file; // in the slot's folder "debs"
        base::Digest256 digest;
        std::uint64_t length = 0;
        std::optional<Package> before; // nothing: it was not installed
        std::string way_back;          // its file in the cache
    };
    std::vector<Step> steps;
};
std::string encode(const PackagePlan& plan);
// Errors: invalid.
base::Result<PackagePlan> decode_plan(std::string_view json);

// Debian packages by dpkg itself: a single one, or a ustar archive of several (firmware_image.hpp). dpkg is
// called by its words, never a shell. Before anything changes the package file of each version that it
// replaces is in the cache, so that going back needs no network.
class Dpkg final : public Applier {
  public:
    struct Options {
        std::filesystem::path root = "/"; // of the system
        std::filesystem::path cache;      // package files of what is installed
        std::uint64_t cache_bytes = 0;
        std::vector<std::filesystem::path> archives;       // where else such files lie
        base::Duration patience = std::chrono::minutes(2); // with another who holds dpkg's lock
    };
    static constexpr std::size_t kMostPackages = 256;
    explicit Dpkg(Options options, base::LogSink& log) : options_(std::move(options)), log_(log) {}

    base::Status prepare(const std::filesystem::path& slot) override;
    base::Status read_back(const std::filesystem::path& slot) override;
    base::Status apply(const std::filesystem::path& slot) override;
    base::Status revert(const std::filesystem::path& slot) override;
    base::Status keep(const std::filesystem::path& slot) override;
    bool holds(const std::filesystem::path& slot) override;
    base::Status repair() override;
    // Packages that an interrupted dpkg left half done, with how far; empty: none.
    base::Result<std::string> unsettled();

  private:
    using Installed = std::map<std::string, InstalledPackage>; // by "name:arch"
    base::Result<Installed> installed();
    base::Status dpkg(std::vector<std::string> words);
    base::Status wait_for_lock();
    base::Result<Package> fields(const std::filesystem::path& file);
    base::Status unpack(const std::filesystem::path& slot);
    base::Result<std::string> find_way_back(const Package& before);
    base::Result<std::string> take_into_cache(const std::filesystem::path& file, const Package& package);
    base::Status prune(const std::vector<std::string>& needed);

    Options options_;
    base::LogSink& log_;
    // What `holds` said last, and of which state of dpkg's own files.
    struct Held {
        std::filesystem::path slot;
        std::string stamp;
        bool holds = false;
    };
    std::optional<Held> held_;
};

} // namespace oakum::agent
