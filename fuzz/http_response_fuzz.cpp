// LINK: platform_http
// SPDX-License-Identifier: Apache-2.0
#include <http/response_reader.hpp>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace {

using namespace oakum;

struct Outcome {
    bool done = false;
    bool failed = false;
    int status = 0;
    std::string body;
    bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view text, bool head, bool streamed, std::size_t step) {
    Outcome outcome;
    const http::ResponseReader::Piece piece = [&](base::ByteView bytes) -> base::Status {
        outcome.body.append(base::as_text(bytes));
        return {};
    };
    constexpr std::size_t kLimit = 1000;
    http::ResponseReader reader(head, kLimit, streamed ? &piece : nullptr);
    while (!text.empty() && !reader.done() && !outcome.failed) {
        const auto used = reader.feed(text.substr(0, step));
        if (!used.ok())
            outcome.failed = true;
        else
            text.remove_prefix(*used);
    }
    if (!outcome.failed && !reader.end().ok()) outcome.failed = true;
    outcome.done = reader.done();
    if (!outcome.failed) {
        ports::ClientResponse response = reader.take();
        outcome.status = response.status;
        if (response.body.size() > kLimit) std::abort();
        outcome.body += response.body;
    } else {
        outcome.body.clear(); // how much came before the failure depends on the pieces
    }
    return outcome;
}

} // namespace

// However an answer is cut into pieces, it is read the same, and never more than its limit is held.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const bool head = (data[0] & 1) != 0;
    const bool streamed = (data[0] & 2) != 0;
    const std::string_view text(reinterpret_cast<const char*>(data + 2), size - 2);
    if (read(text, head, streamed, text.size() + 1) != read(text, head, streamed, 1U + data[1])) std::abort();
    return 0;
}
