// SPDX-License-Identifier: Apache-2.0
#include "file_pieces.hpp"

#include <algorithm>

namespace oakum::lwm2m {

base::Result<std::string> FilePieces::read(const base::Digest256& digest, const std::filesystem::path& path,
                                           std::uint64_t offset, std::size_t length) {
    const auto at = std::ranges::find(open_, digest, &Open::digest);
    if (at != open_.end()) {
        open_.splice(open_.begin(), open_, at);
    } else {
        open_.push_front({digest, std::ifstream(path, std::ios::binary)});
        if (open_.size() > kMostOpen) open_.pop_back();
    }
    std::ifstream& file = open_.front().file;
    std::string piece(length, '\0');
    file.seekg(static_cast<std::streamoff>(offset));
    file.read(piece.data(), static_cast<std::streamsize>(length));
    if (file) return piece;
    open_.pop_front();
    return base::unavailable("the package's file cannot be read");
}

} // namespace oakum::lwm2m
