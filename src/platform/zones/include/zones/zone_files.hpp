// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <schedule/zones.hpp>

#include <filesystem>
#include <map>
#include <string>

namespace oakum::zones {

// The Zones port over a folder of tzdata. Each file is read once, when its zone is first asked for. Any
// thread.
class ZoneFiles final : public schedule::Zones {
  public:
    explicit ZoneFiles(std::filesystem::path folder = "/usr/share/zoneinfo") : folder_(std::move(folder)) {}
    std::shared_ptr<const schedule::ZoneRules> find(std::string_view name) override;

  private:
    // Of names that devices made up, no more are remembered.
    static constexpr std::size_t kMostKept = 4'096;

    const std::filesystem::path folder_;
    base::SharedMutex mutex_;
    std::map<std::string, std::shared_ptr<const schedule::ZoneRules>, std::less<>> known_ GUARDED_BY(mutex_);
};

} // namespace oakum::zones
