// LINK: agent_parts
// SPDX-License-Identifier: Apache-2.0
#include <boot_env.hpp>
#include <firmware_image.hpp>

#include <cstdlib>

// An image reads the same whole and in pieces, and each file has the size that its header said. The same
// bytes as a boot environment: what was read is written and read again.
namespace {

struct Counting final : oakum::agent::ImageSink {
    oakum::base::Status begin(const oakum::agent::ImageEntry& entry) override {
        left = entry.size;
        seen += entry.path + "\n";
        return {};
    }
    oakum::base::Status data(oakum::base::ByteView piece) override {
        if (piece.size() > left) std::abort();
        left -= piece.size();
        return {};
    }
    oakum::base::Status end() override {
        if (left != 0) std::abort();
        return {};
    }
    std::uint64_t left = 0;
    std::string seen;
};

bool read(oakum::base::ByteView image, std::size_t piece, Counting& into) {
    oakum::agent::ImageReader reader(into);
    for (std::size_t at = 0; at < image.size(); at += piece) {
        if (!reader.feed(image.subspan(at, std::min(piece, image.size() - at))).ok()) return false;
    }
    return reader.finish().ok();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const oakum::base::ByteView bytes(data, size);
    Counting whole, pieces;
    const bool good = read(bytes, size + 1, whole);
    if (read(bytes, 333, pieces) != good || (good && pieces.seen != whole.seen)) std::abort();
    const auto env = oakum::agent::parse_boot_env(oakum::base::as_text(bytes));
    if (env.ok() && !(oakum::agent::parse_boot_env(oakum::agent::encode(*env)).value() == *env)) std::abort();
    return 0;
}
