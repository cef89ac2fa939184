// LINK: codecs_device_lists
// SPDX-License-Identifier: Apache-2.0
#include <device_lists/file.hpp>

#include <base/bytes.hpp>

#include <cstdlib>

namespace {

using namespace oakum;

// "line fact=value ..." of every record, then the refusals.
std::string read(std::string_view text, std::size_t most) {
    device_lists::Wishes wishes;
    wishes.persons = device_lists::Persons::wanted;
    auto file = device_lists::open(text, wishes);
    if (!file.ok()) return file.error().text();
    std::string records, refused;
    for (;;) {
        const auto piece = (*file)->next(most);
        if (!piece.ok()) return records + refused + piece.error().text();
        if (piece->records.size() + piece->refused.size() > most) std::abort();
        for (const auto& record : piece->records) {
            records += std::to_string(record.line) + record.id + record.group;
            for (const auto& [fact, value] : record.facts) {
                if (value.empty() || !base::is_utf8(value)) std::abort();
                records += ' ' + fact + '=' + value;
            }
            records += '\n';
        }
        for (const auto& line : piece->refused)
            refused += std::to_string(line.line) + line.reason + '\n';
        if (piece->last) break;
    }
    for (const std::string& note : (*file)->notes())
        refused += note;
    return records + refused;
}

} // namespace

// Tables, scans and leases: whatever the bytes are, records hold text, and do not depend on how they are
// asked for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (read(text, 1000) != read(text, 3)) std::abort();
    return 0;
}
