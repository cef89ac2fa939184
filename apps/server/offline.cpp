// SPDX-License-Identifier: Apache-2.0
#include "offline.hpp"

#include "doctor.hpp"
#include "support.hpp"

#include <backup/restore.hpp>
#include <sqlite/backup.hpp>
#include <system/clock.hpp>
#include <system/file.hpp>

#include <cstdio>

namespace oakum::server {

base::Status restore(const std::filesystem::path& data, const std::string& file) {
    TRY(system::make_private_folder(data));
    TRY_VALUE(const system::FileLock lock, system::FileLock::acquire(data / "lock"));
    TRY_VALUE(const backup::Restored restored,
              backup::restore(file, data, [](const std::filesystem::path& store) -> base::Status {
                  TRY(sqlite::check_backup(store));
                  return {};
              }));
    if (!restored.replaced.empty()) std::printf("What was there is kept in %s.\n", restored.replaced.c_str());
    std::printf("Restored %llu devices of %s from %s.\n",
                static_cast<unsigned long long>(restored.about.devices),
                base::to_iso8601(restored.about.made).c_str(), file.c_str());
    return {};
}

int doctor(const std::filesystem::path& data) {
    system::SystemClock clock;
    bool ill = false;
    for (const Finding& finding : examine(data, clock.now())) {
        ill = ill || finding.level == Finding::Level::ill;
        std::printf("%s", to_line(finding).c_str());
    }
    return ill ? 1 : 0;
}

base::Status write_support_bundle(const std::filesystem::path& data, const std::string& version,
                                  const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::exists(file, error))
        return base::conflict(file.string() + " is there already: name a new file");
    system::SystemClock clock;
    const base::TimePoint now = clock.now();
    TRY_VALUE(const std::string archive, tar::archive(support_files(data, version, now, nullptr), now));
    TRY(system::write_durably(file, archive));
    std::printf("%s is written; read it before you pass it on. A server that runs tells more: oakum support "
                "bundle FILE\n",
                file.c_str());
    return {};
}

} // namespace oakum::server
