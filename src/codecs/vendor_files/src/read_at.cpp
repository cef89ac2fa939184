// SPDX-License-Identifier: Apache-2.0
#include <vendor_files/read_at.hpp>

#include <algorithm>

namespace oakum::vendor_files {
namespace {

constexpr std::size_t kPiece = 1 << 20;

} // namespace

base::Status each_piece(const File& file, std::uint64_t from, std::uint64_t to,
                        const std::function<void(base::ByteView)>& take) {
    if (from > to || to > file.length) return base::corrupt("the file ends before");
    while (from < to) {
        const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(to - from, kPiece));
        TRY_VALUE(const base::Bytes piece, file.read(from, wanted));
        if (piece.empty() || piece.size() > wanted) return base::corrupt("the file ends before");
        take(piece);
        from += piece.size();
    }
    return {};
}

base::Result<base::Bytes> read_all(const File& file, std::uint64_t from, std::uint64_t to, std::size_t most) {
    if (from > to || to > file.length) return base::corrupt("the file ends before");
    if (to - from > most) return base::too_large("more than " + std::to_string(most) + " bytes");
    base::Bytes all;
    all.reserve(static_cast<std::size_t>(to - from));
    TRY(each_piece(file, from, to,
                   [&](base::ByteView piece) { all.insert(all.end(), piece.begin(), piece.end()); }));
    return all;
}

} // namespace oakum::vendor_files
