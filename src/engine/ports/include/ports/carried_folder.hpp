// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/result.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace oakum::ports {

// A folder that people carry, such as on a USB stick: strangers may have had it in hand. Files lie in folders
// of one level; only plain files of it count, so that no link, pipe, device or mount leads elsewhere or
// waits. `folder` empty: the folder itself. One thread. Errors of all: invalid (not a plain file or folder, a
// bad name), unavailable, denied.
class CarriedFolder {
  public:
    virtual ~CarriedFolder() = default;
    // Nothing when there is no such file. Errors also: too_large.
    virtual base::Result<std::optional<std::string>> read(const std::string& folder, const std::string& name,
                                                          std::size_t max_bytes) = 0;
    virtual base::Result<std::optional<std::uint64_t>> length(const std::string& folder,
                                                              const std::string& name) = 0;
    // The bytes [from, to). Errors also: not_found, corrupt (it is shorter), those of `piece`.
    virtual base::Status stream(const std::string& folder, const std::string& name, std::uint64_t from,
                                std::uint64_t to,
                                const std::function<base::Status(base::ByteView)>& piece) = 0;
    // Names of what lies there, sorted; none when there is no such folder. Errors also: too_large.
    virtual base::Result<std::vector<std::string>> names(const std::string& folder, std::size_t most) = 0;

    // A file on its way: there whole, and synced, after `keep`, else not at all. The folder is made.
    class File {
      public:
        virtual ~File() = default;
        virtual base::Status write(base::ByteView piece) = 0;
        virtual base::Status keep() = 0;
    };
    virtual base::Result<std::unique_ptr<File>> create(const std::string& folder,
                                                       const std::string& name) = 0;
    // Removing what is not there is done.
    virtual base::Status remove(const std::string& folder, const std::string& name) = 0;
};

} // namespace oakum::ports
