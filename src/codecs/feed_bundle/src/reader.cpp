// SPDX-License-Identifier: Apache-2.0
#include <feed_bundle/reader.hpp>

#include <tar/header.hpp>

#include <algorithm>
#include <optional>

namespace oakum::feed_bundle {

using base::ByteView;
using base::Status;

struct Reader::State {
    explicit State(Taker given) : taker(std::move(given)) {}

    enum class Part : std::uint8_t { header, manifest, file, filling, end } part = Part::header;
    Taker taker;
    std::optional<Manifest> manifest;
    tar::Block block{};
    std::size_t held = 0;   // of the block
    std::string text;       // of the manifest
    std::uint64_t left = 0; // of the file, or of what fills its last block
    std::uint64_t size = 0;
    std::size_t next = 0; // entry
    std::size_t zeros = 0;
    base::Sha256 sum;
    bool failed = false;

    // The next block, once it is whole.
    bool gather(ByteView& bytes) {
        const std::size_t piece = std::min(bytes.size(), tar::kBlock - held);
        std::copy_n(bytes.begin(), piece, block.begin() + static_cast<std::ptrdiff_t>(held));
        held += piece;
        bytes = bytes.subspan(piece);
        if (held < tar::kBlock) return false;
        held = 0;
        return true;
    }

    Status header() {
        TRY_VALUE(const std::optional<tar::Header> found, tar::from_block(block));
        if (!found) {
            if (!manifest || next < manifest->entries.size())
                return base::corrupt("the bundle ends before all that its manifest names");
            zeros = 1;
            part = Part::end;
            return {};
        }
        size = left = found->size;
        if (!manifest) {
            if (found->name != kManifestName) return base::invalid("a bundle begins with its manifest");
            if (found->size > kLongestManifest) return base::too_large("the bundle's manifest is too long");
            part = Part::manifest;
            return left == 0 ? end_manifest() : Status();
        }
        if (next >= manifest->entries.size() ||
            found->name != std::string(kFolder) + manifest->entries[next].name)
            return base::corrupt(
                "the bundle has the file " + found->name + ", where its manifest names " +
                (next < manifest->entries.size() ? manifest->entries[next].name : "no more"));
        const Entry& entry = manifest->entries[next];
        if (found->size != entry.size)
            return base::corrupt(entry.name + " has " + std::to_string(found->size) +
                                 " bytes in the bundle, and by its manifest " + std::to_string(entry.size));
        sum = base::Sha256();
        part = Part::file;
        TRY(taker.begin(entry));
        return left == 0 ? end_file() : Status();
    }

    Status end_manifest() {
        TRY_VALUE(manifest, read_manifest(text));
        return fill();
    }

    Status end_file() {
        const Entry& entry = manifest->entries[next];
        if (sum.finish() != entry.sha256)
            return base::corrupt(entry.name +
                                 " is not what the bundle's manifest says: it was damaged on the way");
        TRY(taker.end(entry));
        ++next;
        return fill();
    }

    Status fill() {
        left = tar::filling(size);
        part = left == 0 ? Part::header : Part::filling;
        return {};
    }

    Status feed(ByteView bytes) {
        while (!bytes.empty()) {
            const auto piece =
                bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left)));
            switch (part) {
            case Part::header:
                if (gather(bytes)) TRY(header());
                break;
            case Part::manifest:
                text += base::as_text(piece);
                TRY(take(bytes, piece.size()));
                if (left == 0) TRY(end_manifest());
                break;
            case Part::file:
                sum.update(piece);
                TRY(taker.piece(piece));
                TRY(take(bytes, piece.size()));
                if (left == 0) TRY(end_file());
                break;
            case Part::filling:
                TRY(take(bytes, piece.size()));
                if (left == 0) part = Part::header;
                break;
            case Part::end:
                if (!std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; }))
                    return base::corrupt("something stands behind the end of the bundle");
                zeros = 2;
                return {};
            }
        }
        return {};
    }

    Status take(ByteView& bytes, std::size_t size_taken) {
        bytes = bytes.subspan(size_taken);
        left -= size_taken;
        return {};
    }
};

Reader::Reader(Taker taker) : state_(std::make_unique<State>(std::move(taker))) {}
Reader::~Reader() = default;

Status Reader::feed(ByteView bytes) {
    if (state_->failed) return base::bug("the bundle is read on after an error");
    Status status = state_->feed(bytes);
    state_->failed = !status.ok();
    return status;
}

Status Reader::finish() const {
    if (state_->failed) return base::bug("the bundle is ended after an error");
    if (state_->part != State::Part::end || state_->zeros < 2) return base::corrupt("the bundle is cut off");
    return {};
}

const Manifest& Reader::manifest() const {
    static const Manifest none;
    return state_->manifest ? *state_->manifest : none;
}

bool is_bundle(ByteView first) {
    if (first.size() < tar::kBlock) return false;
    tar::Block block{};
    std::copy_n(first.begin(), tar::kBlock, block.begin());
    const auto header = tar::from_block(block);
    return header.ok() && *header && (*header)->name == kManifestName;
}

} // namespace oakum::feed_bundle
