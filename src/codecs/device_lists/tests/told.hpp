// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device_lists/file.hpp>
#include <doctest/doctest.h>

namespace oakum::device_lists {

// "1[...] !3(reason) # note", or the error; a record as `facts` writes it.
inline std::string told(std::string_view text, const std::function<std::string(const Record&)>& facts) {
    auto file = open(text, {});
    if (!file.ok()) return file.error().text();
    std::string out;
    const auto piece = (*file)->next(1000);
    REQUIRE(piece.ok());
    for (const Record& record : piece->records)
        out += std::to_string(record.line) + "[" + facts(record) + "] ";
    for (const Refused& refused : piece->refused)
        out += "!" + std::to_string(refused.line) + "(" + refused.reason + ") ";
    for (const std::string& note : (*file)->notes())
        out += "# " + note;
    return out;
}

} // namespace oakum::device_lists
