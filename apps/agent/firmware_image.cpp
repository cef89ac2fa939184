// SPDX-License-Identifier: Apache-2.0
#include "firmware_image.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace oakum::agent {
namespace {

using base::invalid;
using base::Status;

// Offsets and lengths of the ustar header (POSIX.1-2017, pax).
struct Field {
    std::size_t at, size;
};
constexpr Field name_field{0, 100}, mode_field{100, 8}, uid_field{108, 8}, gid_field{116, 8},
    size_field{124, 12}, mtime_field{136, 12}, checksum_field{148, 8}, type_field{156, 1},
    link_field{157, 100}, magic_field{257, 8}, owner_field{265, 64}, device_field{329, 16},
    prefix_field{345, 155}, rest_field{500, 12};
// Ten kilobytes: what tar pads an archive to.
constexpr std::size_t max_zero_blocks = 21;
constexpr std::size_t max_depth = 12;

bool all_zero(base::ByteView bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

// Digits, then NUL or space; nothing else.
std::optional<std::uint64_t> octal(base::ByteView field) {
    std::uint64_t number = 0;
    std::size_t i = 0;
    for (; i < field.size() && field[i] >= '0' && field[i] <= '7'; ++i)
        number = number * 8 + (field[i] - '0');
    if (i == 0) return std::nullopt;
    for (; i < field.size(); ++i) {
        if (field[i] != 0 && field[i] != ' ') return std::nullopt;
    }
    return number;
}

bool safe_segment(std::string_view segment) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-' || c == '+';
    };
    return !segment.empty() && segment != "." && segment != ".." && std::ranges::all_of(segment, allowed);
}

bool safe_path(std::string_view path) {
    std::size_t depth = 0;
    for (std::size_t from = 0;; ++depth) {
        const std::size_t slash = path.find('/', from);
        if (depth == max_depth || !safe_segment(path.substr(from, slash - from))) return false;
        if (slash == std::string_view::npos) return true;
        from = slash + 1;
    }
}

} // namespace

Status ImageReader::feed(base::ByteView bytes) {
    while (!bytes.empty()) {
        // Whole pieces of a file go through without a copy.
        if (in_file_ && held_ == 0 && left_ >= block) {
            const auto size =
                static_cast<std::size_t>(std::min<std::uint64_t>(left_ - left_ % block, bytes.size()));
            const std::size_t whole = size - size % block;
            if (whole > 0) {
                TRY(sink_.data(bytes.first(whole)));
                left_ -= whole;
                bytes = bytes.subspan(whole);
                if (left_ == 0) {
                    in_file_ = false;
                    TRY(sink_.end());
                }
                continue;
            }
        }
        const std::size_t taken = std::min(block - held_, bytes.size());
        std::copy_n(bytes.begin(), taken, buffer_.begin() + static_cast<std::ptrdiff_t>(held_));
        held_ += taken;
        bytes = bytes.subspan(taken);
        if (held_ < block) return {};
        held_ = 0;
        TRY(take_block());
    }
    return {};
}

Status ImageReader::take_block() {
    const base::ByteView whole(buffer_);
    if (in_file_) {
        const auto used = static_cast<std::size_t>(std::min<std::uint64_t>(left_, block));
        if (!all_zero(whole.subspan(used))) return invalid("the padding after " + last_ + " is not empty");
        TRY(sink_.data(whole.first(used)));
        left_ -= used;
        if (left_ > 0) return {};
        in_file_ = false;
        return sink_.end();
    }
    if (all_zero(whole)) {
        if (++zero_blocks_ > max_zero_blocks) return invalid("the end of the image is too long");
        return {};
    }
    if (zero_blocks_ > 0) return invalid("something follows the end of the image");
    return header();
}

Status ImageReader::header() {
    const base::ByteView whole(buffer_);
    const auto field = [&](Field f) { return whole.subspan(f.at, f.size); };
    if (base::as_text(field(magic_field)) != std::string_view("ustar\0"
                                                              "00",
                                                              8))
        return invalid("the image is not a ustar archive");
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < block; ++i) {
        const bool in_sum = i >= checksum_field.at && i < checksum_field.at + checksum_field.size;
        sum += in_sum ? ' ' : buffer_[i];
    }
    if (octal(field(checksum_field)) != sum) return invalid("a header's checksum is wrong");

    const std::string_view name = base::as_text(field(name_field));
    const std::size_t end = std::min(name.find('\0'), name.size());
    if (!all_zero(field(name_field).subspan(end))) return invalid("a name has bytes after its end");
    const std::string path(name.substr(0, end));
    if (!all_zero(field(prefix_field)) || !safe_path(path)) return invalid("a name in the image is not safe");
    if (buffer_[type_field.at] != '0' || !all_zero(field(link_field)))
        return invalid(path + " is not a regular file");
    const auto mode = octal(field(mode_field));
    if (mode != 0644U && mode != 0755U) return invalid(path + " has a mode other than 0644 and 0755");
    if (octal(field(uid_field)) != 0U || octal(field(gid_field)) != 0U || !all_zero(field(owner_field)))
        return invalid(path + " belongs to somebody");
    if (!octal(field(mtime_field)) || !all_zero(field(rest_field)))
        return invalid("the header of " + path + " is odd");
    for (const std::uint8_t byte : field(device_field)) {
        if (byte != 0 && byte != '0' && byte != ' ') return invalid(path + " is a device");
    }
    const auto size = octal(field(size_field));
    if (!size) return invalid("the size of " + path + " cannot be read");
    if (*size > max_file)
        return base::too_large(path + " has more than " + std::to_string(max_file) + " bytes");
    TRY(admit(path));

    TRY(sink_.begin({path, *size, mode == 0755U}));
    left_ = *size;
    in_file_ = left_ > 0;
    return in_file_ ? Status() : sink_.end();
}

Status ImageReader::admit(const std::string& path) {
    if (files_.size() == max_files)
        return base::too_large("more than " + std::to_string(max_files) + " files");
    if (!files_.empty() && !(last_ < path)) return invalid(path + " is out of order or there twice");
    // A file cannot be a folder of another one.
    if (folders_.contains(path)) return invalid(path + " is a file and a folder");
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        const std::string folder = path.substr(0, slash);
        if (files_.contains(folder)) return invalid(folder + " is a file and a folder");
        folders_.insert(folder);
    }
    files_.insert(path);
    last_ = path;
    return {};
}

Status ImageReader::finish() {
    if (held_ != 0 || in_file_) return invalid("the image is cut off");
    if (zero_blocks_ < 2) return invalid("the image has no end");
    if (files_.empty()) return invalid("the image is empty");
    return {};
}

} // namespace oakum::agent
