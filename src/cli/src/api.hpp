// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/console.hpp>
#include <json/value.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oakum::cli {

// The server's REST interface as this program uses it. One object a command.
class Api {
  public:
    Api(std::unique_ptr<ports::HttpClient> client, std::string token)
        : client_(std::move(client)), token_(std::move(token)) {}

    struct Body {
        std::string content_type = "application/json";
        std::string bytes;
        std::vector<std::pair<std::string, std::string>> headers;
    };
    // The parsed answer; an empty one (204) is null. A problem becomes an Error of its kind with its detail
    // and place.
    base::Result<json::Value> call(ports::Method method, const std::string& target,
                                   const Body* body = nullptr);
    // A file, piece by piece as it comes. Errors: also those of `piece`.
    base::Status download(const std::string& target,
                          const std::function<base::Status(base::ByteView)>& piece);
    base::Result<json::Value> get(const std::string& target) { return call(ports::Method::get, target); }

  private:
    std::unique_ptr<ports::HttpClient> client_;
    std::string token_;
};

// Percent-encodes everything but unreserved characters (RFC 3986 section 2.3).
std::string encode(std::string_view text);
// "/a?x=1&y=2" from the parts; parameters with empty values are left out.
std::string target(std::string path, const std::vector<std::pair<std::string, std::string>>& parameters);

// The value at a JSON pointer, without escapes; nothing when a step is missing or null.
std::optional<json::Value> at(const json::Value& value, std::string_view pointer);
std::string text_at(const json::Value& value, std::string_view pointer, std::string_view fallback = "");
double number_at(const json::Value& value, std::string_view pointer);
bool flag_at(const json::Value& value, std::string_view pointer);

} // namespace oakum::cli
