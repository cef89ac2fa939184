// SPDX-License-Identifier: Apache-2.0
#include <tlog/checkpoint.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace oakum::tlog {
namespace {

bool is_line(std::string_view text) {
    return !text.empty() && text.find('\n') == std::string_view::npos;
}

// The next line, without its end; nothing: there is none.
std::optional<std::string_view> take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

base::Result<std::uint64_t> read_size(std::string_view digits) {
    std::uint64_t size = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    if (read.ec != std::errc{} || std::to_string(size) != digits)
        return base::invalid("the second line of a checkpoint is a size");
    return size;
}

} // namespace

base::Result<std::string> encode(const Checkpoint& checkpoint) {
    if (!is_line(checkpoint.origin) ||
        !std::all_of(checkpoint.extensions.begin(), checkpoint.extensions.end(), is_line))
        return base::invalid("origin and extensions of a checkpoint are lines");
    std::string text = checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
                       base::to_base64(checkpoint.root.bytes) + "\n";
    for (const std::string& line : checkpoint.extensions)
        text += line + "\n";
    return text;
}

base::Result<Checkpoint> read_checkpoint(std::string_view text) {
    const auto origin = take_line(text), size = take_line(text), root = take_line(text);
    if (!root || origin->empty()) return base::invalid("a checkpoint is origin, size and root, a line each");
    Checkpoint checkpoint;
    checkpoint.origin = *origin;
    TRY_VALUE(checkpoint.size, read_size(*size));
    const auto bytes = base::from_base64(*root);
    if (!bytes.ok() || bytes->size() != checkpoint.root.bytes.size() || base::to_base64(*bytes) != *root)
        return base::invalid("the third line of a checkpoint is the SHA-256 of its root");
    std::copy(bytes->begin(), bytes->end(), checkpoint.root.bytes.begin());
    while (!text.empty()) {
        const auto line = take_line(text);
        if (!line || line->empty()) return base::invalid("a line of a checkpoint is empty, or has no end");
        checkpoint.extensions.emplace_back(*line);
    }
    return checkpoint;
}

base::Result<Checkpoint> open_checkpoint(std::string_view note, std::string_view origin,
                                         std::span<const NoteKey> known) {
    TRY_VALUE(const Note read, read_note(note));
    TRY(check_note(read, known));
    TRY_VALUE(Checkpoint checkpoint, read_checkpoint(read.text));
    if (checkpoint.origin != origin)
        return base::denied("it is a checkpoint of the log \"" + checkpoint.origin + "\", not of \"" +
                            std::string(origin) + "\"");
    return checkpoint;
}

} // namespace oakum::tlog
