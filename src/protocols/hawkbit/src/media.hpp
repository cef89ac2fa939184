// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <ports/http.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace oakum::hawkbit {

enum class Media : std::uint8_t { json, hal, cbor };
// What the device wants to read; nothing when we have none of it.
std::optional<Media> wanted_media(std::string_view accept);
// Errors: invalid with the place "Content-Type" (what it sent is of another kind), or what is wrong in it.
base::Result<std::string> json_of(const ports::HttpRequest& request);

ports::HttpResponse answer(Media media, std::string json);
ports::HttpResponse nothing_to_say(); // 200: SWUpdate takes 201 and 204 for failures
// In hawkBit's shape, small: a client may take the body of a failed download for the file.
ports::HttpResponse failure(int status, std::string_view message);

} // namespace oakum::hawkbit
