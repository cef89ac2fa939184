// SPDX-License-Identifier: Apache-2.0
#include <native/client.hpp>

#include <json/parse.hpp>

#include <algorithm>
#include <charconv>

namespace oakum::native {
namespace {

using ports::ClientRequest;
using ports::ClientResponse;
using ports::Method;

constexpr std::size_t small_answer = 64 << 10;
constexpr std::size_t enroll_answer = 1 << 20;
constexpr base::Duration default_pause = std::chrono::seconds(10);
constexpr std::uint64_t longest_pause_seconds = 86'400;

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return number;
}

// What the server says went wrong, as far as it says so (RFC 9457).
std::string explanation(const ClientResponse& response) {
    std::string text = "the server answered " + std::to_string(response.status);
    json::Limits limits;
    limits.max_bytes = small_answer;
    const auto problem = json::parse(response.body, limits);
    if (!problem.ok() || !problem->is_object()) return text;
    for (const std::string_view name : {"title", "detail"}) {
        const auto member = problem->find(name);
        if (member && member->is_string()) text += ": " + std::string(member->text().substr(0, 300));
    }
    return text;
}

base::ErrorKind kind_of(int status) {
    switch (status) {
    case 401:
        return base::ErrorKind::unauthenticated;
    case 403:
        return base::ErrorKind::denied;
    case 404:
    case 410:
        return base::ErrorKind::not_found;
    case 409:
    case 412:
    case 416:
        return base::ErrorKind::conflict;
    case 408:
    case 425:
    case 429:
        return base::ErrorKind::unavailable;
    case 413:
        return base::ErrorKind::too_large;
    default:
        break;
    }
    return status >= 400 && status < 500 ? base::ErrorKind::invalid : base::ErrorKind::unavailable;
}

// "bytes 100-199/1000" begins where it was asked to.
bool begins_at(std::string_view content_range, std::uint64_t from) {
    constexpr std::string_view unit = "bytes ";
    if (!content_range.starts_with(unit)) return false;
    content_range.remove_prefix(unit.size());
    return whole_number(content_range.substr(0, content_range.find('-'))) == from;
}

} // namespace

base::Status Client::judge(const ClientResponse& response) {
    pause_ = base::Duration::zero();
    if ((response.status >= 200 && response.status < 300) || response.status == 304) return {};
    if (response.status == 429 || response.status == 503) {
        const auto seconds = whole_number(response.header("retry-after"));
        pause_ = seconds ? base::Duration(std::chrono::seconds(std::min(*seconds, longest_pause_seconds)))
                         : default_pause;
        pause_ = std::max<base::Duration>(pause_, std::chrono::seconds(1));
    }
    return base::Error{kind_of(response.status), explanation(response), {}};
}

base::Result<ClientResponse> Client::send(Method method, std::string target, std::string body,
                                          std::size_t limit) {
    ClientRequest request;
    request.method = method;
    request.target = std::move(target);
    request.response_limit = limit;
    if (!body.empty()) request.headers.emplace_back("content-type", "application/json");
    request.body = std::move(body);
    auto response = http_.exchange(request);
    if (!response.ok()) {
        pause_ = base::Duration::zero();
        return std::move(response).error();
    }
    TRY(judge(*response));
    return response;
}

base::Result<wire::EnrollReply> Client::enroll(const wire::EnrollRequest& request) {
    TRY_VALUE(const ClientResponse response,
              send(Method::post, "/device/v1/enroll", wire::encode(request), enroll_answer));
    return wire::decode_enroll_reply(response.body);
}

base::Result<updates::PollAnswer> Client::poll(const wire::PollRequest& request) {
    TRY_VALUE(const ClientResponse response,
              send(Method::post, "/device/v1/poll", wire::encode(request), small_answer));
    updates::PollAnswer answer;
    if (response.status == 304) {
        const auto seconds = whole_number(response.header("oakum-poll-seconds"));
        if (seconds)
            answer.poll_seconds = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(*seconds, 1, 86'400));
        return answer;
    }
    TRY_VALUE(answer.reply, wire::decode_poll_reply(response.body));
    answer.poll_seconds = answer.reply->poll_seconds;
    return answer;
}

base::Status Client::send_inventory(const wire::InventoryMessage& message) {
    const auto response = send(Method::put, "/device/v1/inventory", wire::encode(message), small_answer);
    if (!response.ok()) return response.error();
    return {};
}

base::Result<wire::ReportReply> Client::report(const wire::Report& report) {
    TRY_VALUE(const ClientResponse response,
              send(Method::post, "/device/v1/report", wire::encode(report), small_answer));
    return wire::decode_report_reply(response.body);
}

base::Result<wire::RenewReply> Client::renew(const wire::RenewRequest& request) {
    TRY_VALUE(const ClientResponse response,
              send(Method::post, "/device/v1/renew", wire::encode(request), small_answer));
    return wire::decode_renew_reply(response.body);
}

base::Result<base::Bytes> Client::direct(const wire::SignedManifest& manifest) {
    TRY_VALUE(const ClientResponse response,
              send(Method::post, "/device/v1/director", wire::encode(manifest), small_answer));
    const base::ByteView bytes = base::as_bytes(response.body);
    return base::Bytes(bytes.begin(), bytes.end());
}

base::Result<std::optional<base::Bytes>> Client::metadata(const std::string& name, std::uint64_t max_bytes) {
    return file("/device/v1/tuf/" + name, max_bytes);
}

base::Result<std::optional<base::Bytes>> Client::log_file(const std::string& name, std::uint64_t max_bytes) {
    return file("/device/v1/log/" + name, max_bytes);
}

base::Result<std::optional<base::Bytes>> Client::file(std::string target, std::uint64_t max_bytes) {
    ClientRequest request;
    request.target = std::move(target);
    request.response_limit = max_bytes;
    TRY_VALUE(const ClientResponse response, http_.exchange(request));
    if (response.status == 404) return std::optional<base::Bytes>();
    TRY(judge(response));
    const base::ByteView bytes = base::as_bytes(response.body);
    return std::optional(base::Bytes(bytes.begin(), bytes.end()));
}

base::Status Client::artifact(const base::Digest256& digest, std::uint64_t from, std::uint64_t to,
                              const updates::Piece& piece) {
    const std::string name = digest.hex();
    ClientRequest request;
    request.target = "/device/v1/artifacts/" + name;
    request.headers.emplace_back("range", "bytes=" + std::to_string(from) + "-" + std::to_string(to - 1));
    // The artifact never changes under its digest; a server that thinks otherwise sends all of it.
    if (from > 0) request.headers.emplace_back("if-range", "\"" + name + "\"");
    request.timeout = std::chrono::hours(1);

    std::uint64_t left = to - from;
    bool too_much = false;
    bool refused = false;
    const auto response = http_.stream(request, [&](base::ByteView bytes) -> base::Status {
        const std::size_t taken = std::min<std::uint64_t>(left, bytes.size());
        left -= taken;
        if (taken > 0) {
            auto status = piece(bytes.first(taken));
            refused = !status.ok();
            if (refused) return status;
        }
        too_much = taken < bytes.size();
        if (too_much) return base::conflict("the server sends more than was asked for");
        return {};
    });
    pause_ = base::Duration::zero();
    if (refused) return response.error();
    if (too_much) {
        if (from == 0) return {};
        return base::conflict("the server cannot resume this artifact");
    }
    if (!response.ok()) return response.error();
    TRY(judge(*response));
    if (response->status == 200 && from > 0) return base::conflict("the server cannot resume this artifact");
    if (response->status == 206 && !begins_at(response->header("content-range"), from))
        return base::conflict("the server answered with another range");
    return {};
}

} // namespace oakum::native
