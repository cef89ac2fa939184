// SPDX-License-Identifier: Apache-2.0
#include <tlog/note.hpp>

#include <base/digest.hpp>
#include <base/signature.hpp>

#include <algorithm>

namespace oakum::tlog {
namespace {

using base::Bytes;
using base::Result;
using base::Status;

constexpr std::uint8_t kEd25519 = 1;
constexpr std::size_t kKeyBytes = 32, kIdBytes = 4, kIdDigits = 8, kMostName = 256;
constexpr std::string_view kDash = "\u2014 ";

// Unicode has more spaces than ASCII; a name of ours has none of either.
bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= kMostName &&
           std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F && c != '+'; });
}

bool is_text(std::string_view text) {
    return base::is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 && c != '\n';
           });
}

std::uint32_t number(base::ByteView bytes) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < kIdBytes; ++i)
        number = number << 8 | bytes[i];
    return number;
}

Bytes number_bytes(std::uint32_t number) {
    return {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
            static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

// One spelling: no other text than ours means these bytes.
Result<Bytes> strict_base64(std::string_view text) {
    TRY_VALUE(Bytes bytes, base::from_base64(text));
    if (base::to_base64(bytes) != text) return base::invalid("base64 that is not spelled as it has to be");
    return bytes;
}

Result<Note::Signature> read_signature(std::string_view line) {
    if (!line.starts_with(kDash))
        return base::invalid("a line of a signature begins with a dash and a space");
    line.remove_prefix(kDash.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return base::invalid("a signature is a name and base64");
    Note::Signature signature;
    signature.name = line.substr(0, space);
    if (signature.name.empty() || signature.name.find('+') != std::string::npos)
        return base::invalid("the name of a key has no '+' and is not empty");
    TRY_VALUE(const Bytes bytes, strict_base64(line.substr(space + 1)));
    if (bytes.size() <= kIdBytes) return base::invalid("a signature has an id and something after it");
    signature.id = number(bytes);
    signature.bytes.assign(bytes.begin() + kIdBytes, bytes.end());
    return signature;
}

} // namespace

std::uint32_t NoteKey::id() const {
    base::Sha256 digest;
    digest.update(name);
    digest.update(std::string_view("\n\x01", 2));
    digest.update(public_key);
    return number(digest.finish().bytes);
}

std::string encode(const NoteKey& key) {
    Bytes typed{kEd25519};
    typed.insert(typed.end(), key.public_key.begin(), key.public_key.end());
    return key.name + "+" + base::to_hex(number_bytes(key.id())) + "+" + base::to_base64(typed);
}

Result<NoteKey> read_note_key(std::string_view text) {
    const std::size_t first = text.find('+');
    const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
    if (second == std::string_view::npos) return base::invalid("a key is NAME+ID+KEY");
    NoteKey key;
    key.name = text.substr(0, first);
    if (!is_name(key.name)) return base::invalid("the name of a key is printable ASCII without spaces");
    // Base64 has a plus of its own, so all of the rest is the key.
    TRY_VALUE(const Bytes typed, strict_base64(text.substr(second + 1)));
    if (typed.size() != 1 + kKeyBytes || typed.front() != kEd25519)
        return base::invalid("only Ed25519 keys are known");
    key.public_key.assign(typed.begin() + 1, typed.end());
    const std::string_view id = text.substr(first + 1, second - first - 1);
    if (id.size() != kIdDigits || id != base::to_hex(number_bytes(key.id())))
        return base::invalid("the id is not the one of this name and key");
    return key;
}

Result<Note> read_note(std::string_view bytes) {
    if (bytes.size() > kMostNoteBytes) return base::too_large("a note of more than 64 KiB");
    if (!is_text(bytes)) return base::invalid("a note is UTF-8 without control characters");
    // The last empty line: the text may have some.
    const std::size_t empty = bytes.rfind("\n\n");
    if (empty == std::string_view::npos || bytes.back() != '\n' || empty + 2 == bytes.size())
        return base::invalid("a note is text, an empty line, and signatures");
    Note note;
    note.text = bytes.substr(0, empty + 1);
    for (std::string_view rest = bytes.substr(empty + 2); !rest.empty();) {
        const std::size_t end = rest.find('\n');
        if (note.signatures.size() == kMostNoteSignatures) return base::too_large("too many signatures");
        TRY_VALUE(Note::Signature signature, read_signature(rest.substr(0, end)));
        note.signatures.push_back(std::move(signature));
        rest.remove_prefix(end + 1);
    }
    return note;
}

std::string encode(const Note& note) {
    std::string bytes = note.text + "\n";
    for (const Note::Signature& signature : note.signatures) {
        Bytes whole = number_bytes(signature.id);
        whole.insert(whole.end(), signature.bytes.begin(), signature.bytes.end());
        bytes += std::string(kDash) + signature.name + " " + base::to_base64(whole) + "\n";
    }
    return bytes;
}

Result<Note> sign_note(std::string text, const NoteKey& key, const SignText& sign) {
    if (!is_name(key.name) || key.public_key.size() != kKeyBytes) return base::invalid("no key for notes");
    if (!is_text(text) || text.size() < 2 || text.back() != '\n')
        return base::invalid("a note is lines of UTF-8 without control characters");
    TRY_VALUE(Bytes signature, sign(base::as_bytes(text)));
    return Note{std::move(text), {{key.name, key.id(), std::move(signature)}}};
}

Status check_note(const Note& note, std::span<const NoteKey> known) {
    bool is_signed = false;
    for (const Note::Signature& signature : note.signatures) {
        const auto key = std::find_if(known.begin(), known.end(), [&](const NoteKey& each) {
            return each.name == signature.name && each.id() == signature.id;
        });
        if (key == known.end()) continue;
        const auto verifier = base::PublicKey::ed25519(key->public_key);
        if (!verifier.ok() || !verifier->verify(base::as_bytes(note.text), signature.bytes))
            return base::denied("the signature of " + key->name + " is wrong");
        is_signed = true;
    }
    if (is_signed) return {};
    return base::denied("no key that is known here signed it");
}

} // namespace oakum::tlog
