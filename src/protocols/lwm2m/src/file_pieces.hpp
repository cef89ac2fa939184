// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <base/result.hpp>

#include <filesystem>
#include <fstream>
#include <list>

namespace oakum::lwm2m {

// Pieces of immutable files, a few of which are held open. One thread.
class FilePieces {
  public:
    static constexpr std::size_t kMostOpen = 8;
    // Errors: unavailable.
    base::Result<std::string> read(const base::Digest256& digest, const std::filesystem::path& path,
                                   std::uint64_t offset, std::size_t length);

  private:
    struct Open {
        base::Digest256 digest;
        std::ifstream file;
    };
    std::list<Open> open_; // the one that was used last first
};

} // namespace oakum::lwm2m
