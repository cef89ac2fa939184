// SPDX-License-Identifier: Apache-2.0
#include <tlog/sight.hpp>

#include <algorithm>
#include <charconv>

namespace oakum::tlog {
namespace {

// One spelling, and not 0.
base::Result<std::uint64_t> read_epoch(std::string_view text) {
    std::uint64_t epoch = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), epoch);
    if (error != std::errc() || std::to_string(epoch) != text || epoch == 0)
        return base::invalid("the origin of a log of ours ends with the second in which it began");
    return epoch;
}

} // namespace

std::string origin_of(std::string_view log, std::uint64_t epoch) {
    return std::string(log) + "/" + std::to_string(epoch);
}

namespace {

base::Result<transparency::Sight> sight_of(const Note& note) {
    TRY_VALUE(const Checkpoint checkpoint, read_checkpoint(note.text));
    const std::size_t slash = checkpoint.origin.rfind('/');
    if (slash == std::string::npos || slash == 0)
        return base::invalid("the origin of a log of ours is a name and the second in which it began");
    transparency::Sight sight{checkpoint.origin.substr(0, slash), 0, checkpoint.size, checkpoint.root};
    TRY_VALUE(sight.epoch, read_epoch(std::string_view(checkpoint.origin).substr(slash + 1)));
    return sight;
}

} // namespace

base::Result<transparency::Sight> read_sight(std::string_view note) {
    TRY_VALUE(const Note read, read_note(note));
    return sight_of(read);
}

base::Result<transparency::Sight> open_sight(std::string_view note, std::span<const base::Bytes> keys,
                                             unsigned threshold) {
    TRY_VALUE(const Note read, read_note(note));
    TRY_VALUE(transparency::Sight sight, sight_of(read));
    std::vector<base::Bytes> known(keys.begin(), keys.end());
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    unsigned signed_by = 0;
    base::Status why = base::denied("no key that is known here signed it");
    for (const base::Bytes& key : known) {
        const NoteKey named{sight.log, key};
        const base::Status checked = check_note(read, std::span(&named, 1));
        if (checked.ok())
            ++signed_by;
        else
            why = checked;
    }
    if (signed_by > 0 && signed_by >= threshold) return sight;
    if (signed_by == 0) return std::move(why).error();
    return base::denied("it is signed by " + std::to_string(signed_by) +
                        " keys that are known here, not by " + std::to_string(threshold));
}

} // namespace oakum::tlog
