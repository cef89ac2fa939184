// SPDX-License-Identifier: Apache-2.0
#include <exchange/small_file.hpp>

#include <base/digest.hpp>

namespace oakum::exchange {

ports::HttpResponse answer_small_file(const ports::HttpRequest& request, std::string bytes,
                                      std::string_view type, std::string_view cache) {
    constexpr std::size_t kTagDigits = 32;
    const std::string tag = "\"" + base::sha256(bytes).hex().substr(0, kTagDigits) + "\"";
    ports::HttpResponse response;
    response.headers.emplace_back("Content-Type", type);
    response.headers.emplace_back("Cache-Control", cache);
    response.headers.emplace_back("ETag", tag);
    if (request.header("if-none-match") == tag)
        response.status = 304;
    else
        response.body = std::move(bytes);
    return response;
}

} // namespace oakum::exchange
