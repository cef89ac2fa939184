// LINK: codecs_csv
// SPDX-License-Identifier: Apache-2.0
#include <csv/reader.hpp>

#include <algorithm>
#include <cstdlib>

namespace {

using namespace oakum;

std::string read(base::ByteView bytes, std::size_t step) {
    std::string out;
    csv::Reader reader({[&](csv::Row&& row) -> base::Status {
                            out += std::to_string(row.line);
                            for (const std::string& field : row.fields)
                                out += '|' + field;
                            out += '\n';
                            return {};
                        },
                        [&](std::uint64_t line, const std::string& reason) -> base::Status {
                            out += std::to_string(line) + reason + '\n';
                            return {};
                        }},
                       {.max_row_bytes = 200, .max_field_bytes = 100, .max_fields = 10});
    while (!bytes.empty()) {
        const base::ByteView piece = bytes.first(std::min(step, bytes.size()));
        if (!reader.feed(piece).ok()) return "error";
        bytes = bytes.subspan(piece.size());
    }
    return reader.finish().ok() ? out : "error";
}

} // namespace

// Rows never depend on how the bytes were cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const base::ByteView bytes(data, size);
    if (read(bytes, size + 1) != read(bytes, 3)) std::abort();
    return 0;
}
