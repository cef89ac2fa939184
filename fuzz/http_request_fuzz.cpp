// LINK: platform_http
// SPDX-License-Identifier: Apache-2.0
#include <base/bytes.hpp>
#include <http/message.hpp>

#include <cstdlib>

namespace {

using namespace oakum;

// Where the head ends (0: nowhere, or refused), found in pieces.
std::size_t find_end(std::string_view text, std::size_t step) {
    http::HeadScanner scanner{http::HeadLimits{}};
    for (std::size_t size = 1; size <= text.size(); size += step) {
        const auto found = scanner.find_end(text.substr(0, size));
        if (std::holds_alternative<http::Refusal>(found)) return 0;
        if (const std::size_t end = std::get<std::size_t>(found); end > 0) return end;
    }
    return 0;
}

} // namespace

// The end of a head does not depend on how it arrives, and what is accepted has nothing in it that another
// reader could read in another way. The rest is fed to the decoder of chunks.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    const std::size_t end = find_end(text, 1);
    if (const std::size_t other = find_end(text, 1U + data[0]); other != 0 && end != 0 && other != end)
        std::abort();
    if (end == 0) return 0;
    const auto parsed = http::parse_request_head(text.substr(0, end), http::HeadLimits{});
    const auto* head = std::get_if<http::RequestHead>(&parsed);
    if (head == nullptr) return 0;
    int lengths = 0;
    int encodings = 0;
    for (const auto& [name, value] : head->headers) {
        if (!http::is_header_name(name) || !http::is_header_value(value)) std::abort();
        lengths += name == "content-length" ? 1 : 0;
        encodings += name == "transfer-encoding" ? 1 : 0;
    }
    if (lengths + encodings > 1 || !head->target.starts_with('/')) std::abort();

    std::string_view body = text.substr(end);
    http::ChunkDecoder chunks;
    std::size_t decoded = 0;
    while (!body.empty() && !chunks.done()) {
        const auto piece = chunks.next(body);
        if (!piece.ok()) return 0;
        decoded += piece->size();
    }
    if (decoded > text.size()) std::abort();
    return 0;
}
