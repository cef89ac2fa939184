// LINK: codecs_tlog
// SPDX-License-Identifier: Apache-2.0
#include <tlog/checkpoint.hpp>
#include <tlog/tiles.hpp>

#include <algorithm>
#include <cstdlib>

// Any bytes are read or refused; what is read comes back the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto note = tlog::read_note(text); note.ok()) {
        if (tlog::encode(*note) != text) std::abort();
        if (const auto checkpoint = tlog::read_checkpoint(note->text);
            checkpoint.ok() && tlog::encode(*checkpoint).value() != note->text)
            std::abort();
    }
    if (const auto key = tlog::read_note_key(text); key.ok() && tlog::encode(*key) != text) std::abort();
    const base::ByteView bytes(data, size);
    for (const unsigned width : {1U, 3U, 256U})
        if (const auto entries = tlog::read_entries({0, 0, width}, bytes); entries.ok()) {
            const base::Bytes again = tlog::encode_entries(*entries).value();
            if (again.size() != size || !std::equal(again.begin(), again.end(), data)) std::abort();
        }
    return 0;
}
