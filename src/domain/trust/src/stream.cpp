// SPDX-License-Identifier: Apache-2.0
#include <trust/stream.hpp>

namespace oakum::trust {

base::Result<TargetStream> TargetStream::expect(const TargetFile& file) {
    if (!file.hashes.sha256) return base::denied("the target was signed without a SHA-256");
    return TargetStream(file.length, *file.hashes.sha256);
}

base::Status TargetStream::update(base::ByteView piece) {
    if (piece.size() > left())
        return base::denied("the target is longer than the " + std::to_string(length_) +
                            " bytes that were signed");
    hash_.update(piece);
    taken_ += piece.size();
    return {};
}

base::Status TargetStream::finish() {
    if (left() != 0)
        return base::denied("the target has " + std::to_string(taken_) + " of the " +
                            std::to_string(length_) + " bytes that were signed");
    if (hash_.finish() != expected_)
        return base::denied("the target's SHA-256 is not the one that was signed");
    return {};
}

} // namespace oakum::trust
