// SPDX-License-Identifier: Apache-2.0
#include <tzif/zone_file.hpp>
#include <zones/zone_files.hpp>

#include <fstream>

namespace oakum::zones {
namespace {

// Empty when there is no such file, or it is longer than a zone's.
std::string read(const std::filesystem::path& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return {};
    std::ifstream file(path, std::ios::binary);
    std::string text(tzif::kMaxFile + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text.size() > tzif::kMaxFile ? std::string() : text;
}

} // namespace

std::shared_ptr<const schedule::ZoneRules> ZoneFiles::find(std::string_view name) {
    if (!schedule::is_zone_name(name)) return nullptr;
    {
        base::SharedLock lock(mutex_);
        if (const auto at = known_.find(name); at != known_.end()) return at->second;
    }
    std::shared_ptr<const schedule::ZoneRules> zone;
    if (name == "UTC")
        zone = std::make_shared<const schedule::ZoneRules>(schedule::utc()); // also without tzdata
    else if (auto parsed = tzif::parse(name, base::as_bytes(read(folder_ / name))); parsed.ok())
        zone = std::make_shared<const schedule::ZoneRules>(std::move(*parsed));
    base::ExclusiveLock lock(mutex_);
    if (known_.size() >= kMostKept && !zone) return nullptr;
    return known_.try_emplace(std::string(name), std::move(zone)).first->second;
}

} // namespace oakum::zones
