// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tlog/note.hpp>
#include <transparency/tree.hpp>

// What a log says of itself at one size (C2SP tlog-checkpoint): the text of a note.
namespace oakum::tlog {

struct Checkpoint {
    std::string origin; // which log: "updates.example/log"
    std::uint64_t size = 0;
    transparency::Hash root;
    std::vector<std::string> extensions; // lines that are not ours
    bool operator==(const Checkpoint&) const = default;
};

// Errors: invalid (an origin or extension that is no line).
base::Result<std::string> encode(const Checkpoint& checkpoint);
// Only from a note that was checked. Errors: invalid.
base::Result<Checkpoint> read_checkpoint(std::string_view text);

// A checkpoint as served, of this log and signed by one of these keys. Errors: denied (signatures, another
// log), invalid, too_large.
base::Result<Checkpoint> open_checkpoint(std::string_view note, std::string_view origin,
                                         std::span<const NoteKey> known);

} // namespace oakum::tlog
