// SPDX-License-Identifier: Apache-2.0
#include <trust/stream.hpp>

namespace oakum::trust {

TargetStream::TargetStream(const TargetFile& file) : length_(file.length), expected_(file.hashes) {
    if (expected_.sha256) sha256_.emplace();
    if (expected_.sha512) sha512_.emplace();
}

base::Result<TargetStream> TargetStream::expect(const TargetFile& file) {
    if (!file.hashes.any_known())
        return base::denied("the target was signed without a hash that can be checked here");
    return TargetStream(file);
}

base::Status TargetStream::update(base::ByteView piece) {
    if (piece.size() > left())
        return base::denied("the target is longer than the " + std::to_string(length_) +
                            " bytes that were signed");
    if (sha256_) sha256_->update(piece);
    if (sha512_) sha512_->update(piece);
    taken_ += piece.size();
    return {};
}

base::Status TargetStream::finish() {
    if (left() != 0)
        return base::denied("the target has " + std::to_string(taken_) + " of the " +
                            std::to_string(length_) + " bytes that were signed");
    if (sha256_ && sha256_->finish() != *expected_.sha256)
        return base::denied("the target's SHA-256 is not the one that was signed");
    if (sha512_ && sha512_->finish() != *expected_.sha512)
        return base::denied("the target's SHA-512 is not the one that was signed");
    return {};
}

} // namespace oakum::trust
