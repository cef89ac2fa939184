// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Text that is signed by keys with names (C2SP signed-note).
namespace oakum::tlog {

// An Ed25519 key that a reader knows. Its id is of name and key.
struct NoteKey {
    std::string name;       // without spaces and '+'; a place like "updates.example/log"
    base::Bytes public_key; // 32 bytes
    std::uint32_t id() const;
    bool operator==(const NoteKey&) const = default;
};
// "NAME+ID+KEY", as readers are told it. Errors: invalid (also an id that is not the key's).
std::string encode(const NoteKey& key);
base::Result<NoteKey> read_note_key(std::string_view text);

struct Note {
    struct Signature {
        std::string name;
        std::uint32_t id = 0;
        base::Bytes bytes;
        bool operator==(const Signature&) const = default;
    };
    std::string text; // ends with a line break
    std::vector<Signature> signatures;
};

inline constexpr std::size_t kMostNoteBytes = 64 << 10;
inline constexpr std::size_t kMostNoteSignatures = 64;

// The text is nothing to be believed yet. Errors: invalid, too_large.
base::Result<Note> read_note(std::string_view bytes);
std::string encode(const Note& note);

using SignText = std::function<base::Result<base::Bytes>(base::ByteView text)>;
// Errors: invalid (no text for a note), what `sign` answers.
base::Result<Note> sign_note(std::string text, const NoteKey& key, const SignText& sign);

// One of these keys signed it, and no signature of theirs is wrong; others say nothing. Errors: denied.
base::Status check_note(const Note& note, std::span<const NoteKey> known);

} // namespace oakum::tlog
