// SPDX-License-Identifier: Apache-2.0
#include "media.hpp"

#include <cbor/json.hpp>
#include <ddi/messages.hpp>
#include <device/query.hpp>

namespace oakum::hawkbit {
namespace {

constexpr std::string_view kJson = "application/json", kHal = "application/hal+json",
                           kCbor = "application/cbor";

// "application/json;charset=UTF-8" is application/json.
std::string_view bare(std::string_view type) {
    type = type.substr(0, type.find(';'));
    while (type.starts_with(' '))
        type.remove_prefix(1);
    while (type.ends_with(' '))
        type.remove_suffix(1);
    return type;
}

struct Name {
    int status;
    std::string_view exception, code;
};
constexpr Name kNames[] = {
    {400, "MessageNotReadableException", "hawkbit.server.error.rest.body.notReadable"},
    {401, "AuthenticationException", "hawkbit.server.error.auth"},
    {404, "EntityNotFoundException", "hawkbit.server.error.repo.entitiyNotFound"},
    {405, "MethodNotAllowedException", "hawkbit.server.error.rest.methodNotAllowed"},
    {406, "NotAcceptableException", "hawkbit.server.error.rest.notAcceptable"},
    {410, "CancelActionNotAllowedException", "hawkbit.server.error.action.notActive"},
    {413, "FileSizeQuotaExceededException", "hawkbit.server.error.quota.tooLarge"},
    {415, "MediaTypeNotSupportedException", "hawkbit.server.error.rest.mediaType"},
    {429, "AssignmentQuotaExceededException", "hawkbit.server.error.quota.tooManyEntries"},
    {503, "ServerUnavailableException", "hawkbit.server.error.unavailable"},
};

} // namespace

std::optional<Media> wanted_media(std::string_view accept) {
    if (bare(accept).empty()) return Media::json;
    while (!accept.empty()) {
        const std::size_t comma = std::min(accept.find(','), accept.size());
        const std::string_view one = bare(accept.substr(0, comma));
        accept.remove_prefix(std::min(comma + 1, accept.size()));
        if (device::equal_ignoring_case(one, kHal)) return Media::hal;
        if (device::equal_ignoring_case(one, kCbor)) return Media::cbor;
        if (device::equal_ignoring_case(one, kJson) || one == "*/*" || one == "application/*")
            return Media::json;
    }
    return std::nullopt;
}

base::Result<std::string> json_of(const ports::HttpRequest& request) {
    const std::string_view type = bare(request.header("content-type"));
    if (device::equal_ignoring_case(type, kCbor)) return cbor::to_json(request.body);
    if (type.empty() || device::equal_ignoring_case(type, kJson) || device::equal_ignoring_case(type, kHal))
        return request.body;
    return base::invalid("messages are JSON or CBOR").at("Content-Type");
}

ports::HttpResponse answer(Media media, std::string json) {
    ports::HttpResponse response;
    response.headers.emplace_back("Cache-Control", "no-store");
    if (media == Media::cbor) {
        if (auto bytes = cbor::from_json(json); bytes.ok()) {
            response.headers.emplace_back("Content-Type", kCbor);
            response.body = std::move(*bytes);
            return response;
        }
    }
    response.headers.emplace_back("Content-Type", media == Media::hal ? kHal : kJson);
    response.body = std::move(json);
    return response;
}

ports::HttpResponse nothing_to_say() {
    ports::HttpResponse response;
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

ports::HttpResponse failure(int status, std::string_view message) {
    ddi::Failure failure{"ServerException", "hawkbit.server.error.undefined", std::string(message)};
    for (const Name& name : kNames)
        if (name.status == status) {
            failure.exception = name.exception;
            failure.code = name.code;
        }
    ports::HttpResponse response = answer(Media::json, ddi::encode(failure));
    response.status = status;
    return response;
}

} // namespace oakum::hawkbit
