// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <ports/http.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace oakum::api {

// The dashboard's built files. The folder is read once: what is not in the list does not exist, so that no
// path of a request ever reaches the file system. Immutable afterwards.
class StaticFiles {
  public:
    // At most 2,000 files, 8 folders deep; links are left out. Errors: not_found (no folder, no index.html),
    // too_large.
    static base::Result<StaticFiles> read(const std::filesystem::path& folder);

    // The file, or index.html for a page of the dashboard (a path without a dot in its last part). Nothing:
    // not found.
    std::optional<ports::HttpResponse> get(const ports::HttpRequest& request) const;
    std::size_t size() const { return files_.size(); }

  private:
    struct File {
        std::filesystem::path path;
        std::uint64_t length = 0;
        std::string type, tag;
        std::optional<std::pair<std::filesystem::path, std::uint64_t>> gzip; // made by the build, beside it
    };
    std::map<std::string, File> files_; // by "/assets/index-4f2a.js"
};

} // namespace oakum::api
