// SPDX-License-Identifier: Apache-2.0
#include "refusal.hpp"

#include <base/id.hpp>
#include <base/time.hpp>
#include <openssl/rand.h>
#include <problem/problem.hpp>

namespace oakum::http {
namespace {

base::ErrorKind kind_of(int status) {
    switch (status) {
    case 408:
    case 429:
    case 503:
    case 507:
        return base::ErrorKind::unavailable;
    case 409:
        return base::ErrorKind::conflict;
    case 413:
    case 414:
    case 431:
        return base::ErrorKind::too_large;
    default:
        return status >= 500 && status != 501 && status != 505 ? base::ErrorKind::bug
                                                               : base::ErrorKind::invalid;
    }
}

std::string fresh_id() {
    std::array<std::uint8_t, 10> random{};
    RAND_bytes(random.data(), static_cast<int>(random.size()));
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return base::to_text(base::make_id128(
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()),
        random));
}

} // namespace

ports::HttpResponse refusal(base::LogSink& log, const std::string& who, int status, std::string reason) {
    const problem::Problem problem{status, {kind_of(status), std::move(reason), {}}, fresh_id(), {}};
    log.write(problem.error.kind == base::ErrorKind::bug ? base::LogLevel::error : base::LogLevel::info,
              "http", log_line(problem) + " (" + who + ")");
    ports::HttpResponse response;
    response.status = status;
    response.headers = {{"content-type", std::string(problem::kContentType)},
                        {"cache-control", "no-store"},
                        {"x-content-type-options", "nosniff"}};
    response.body = encode(problem);
    return response;
}

} // namespace oakum::http
