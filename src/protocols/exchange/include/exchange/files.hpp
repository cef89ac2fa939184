// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/http.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace oakum::exchange {

struct ServedFile {
    std::filesystem::path path;
    std::uint64_t length = 0;
    std::string tag;  // strong, with its quotes
    std::string name; // for Content-Disposition; empty: none is sent
};

// RFC 9110 for GET and HEAD of an immutable file: whole, one range, several (multipart/byteranges), 304, 412,
// 416 with Content-Range and an empty body. Ranges that overlap, are very many or add up to more than the
// file are answered with the whole.
ports::HttpResponse answer_file(const ports::HttpRequest& request, const ServedFile& file);

} // namespace oakum::exchange
