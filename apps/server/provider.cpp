// SPDX-License-Identifier: Apache-2.0
#include "provider.hpp"

#include <access/claims.hpp>
#include <base/percent.hpp>
#include <http/client.hpp>
#include <json/parse.hpp>
#include <oidc/oidc.hpp>
#include <sys/stat.h>
#include <system/file.hpp>

namespace oakum::server {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLargestFile = 256 << 10, kLargestBundle = 1 << 20, kLargestAnswer = 256 << 10;
constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt"; // Debian's ca-certificates

base::Result<std::vector<std::string>> words_at(const json::Value& value, std::string_view name) {
    std::vector<std::string> words;
    TRY_VALUE(const auto list, value.optional_array_at(name, 64));
    if (list)
        for (const json::Value& each : list->items()) {
            TRY_VALUE(std::string word, each.as_string(256));
            if (word.empty()) return each.wrong("it is empty");
            words.push_back(std::move(word));
        }
    return words;
}

base::Result<access::ClaimRule> rule_of(const json::Value& row) {
    TRY(row.only({"claim", "value", "role", "groups"}));
    access::ClaimRule rule;
    TRY_VALUE(rule.claim, row.string_at("claim", 256));
    TRY_VALUE(rule.value, row.string_at("value", 256));
    TRY_VALUE(const std::string role, row.string_at("role", 64));
    const auto known = access::parse_role(role);
    if (!known.ok()) return row.find("role")->wrong(known.error().message);
    rule.role = *known;
    TRY_VALUE(rule.groups, words_at(row, "groups"));
    // A list that was emptied by mistake must not mean the whole fleet.
    if (row.find("groups") && rule.groups.empty())
        return row.find("groups")->wrong("name a group, or leave `groups` out for the whole fleet");
    return rule;
}

base::Result<std::string> secret_in(const fs::path& file) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) return base::unavailable(file.string() + " cannot be read");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return base::denied("others may read " + file.string() + ": chmod 600");
    TRY_VALUE(std::string secret, system::read_bounded(file, 4096));
    secret.resize(secret.find_last_not_of(" \r\n") + 1);
    if (secret.empty()) return base::invalid(file.string() + " holds no secret");
    return secret;
}

} // namespace

base::Result<ProviderFile> read_provider_file(const fs::path& file) {
    TRY_VALUE(const std::string text, system::read_bounded(file, kLargestFile));
    TRY_VALUE(const json::Value document, json::parse(text));
    TRY(document.only({"name", "issuer", "client_id", "client_secret_file", "name_claim", "scopes",
                       "create_accounts", "authorities_file", "roles"}));
    ProviderFile made;
    governance::ProviderSettings& settings = made.settings;
    TRY_VALUE(settings.issuer, document.string_at("issuer", 2048));
    if (const auto address = oidc::parse_address(settings.issuer); !address.ok())
        return document.find("issuer")->wrong(address.error().message);
    TRY_VALUE(settings.client_id, document.string_at("client_id", 256));
    TRY_VALUE(const auto name, document.optional_string_at("name", 64));
    if (name && !name->empty()) settings.name = *name;
    TRY_VALUE(const auto name_claim, document.optional_string_at("name_claim", 128));
    if (name_claim) settings.name_claim = *name_claim;
    TRY_VALUE(const auto create, document.optional_bool_at("create_accounts"));
    settings.create_accounts = create.value_or(false);
    TRY_VALUE(const std::vector<std::string> scopes, words_at(document, "scopes"));
    if (!scopes.empty()) settings.scopes = scopes;
    if (std::find(settings.scopes.begin(), settings.scopes.end(), "openid") == settings.scopes.end())
        return document.find("scopes")->wrong("`openid` has to be among them");
    TRY_VALUE(const json::Value rows, document.array_at("roles", 1000));
    for (const json::Value& row : rows.items()) {
        TRY_VALUE(access::ClaimRule rule, rule_of(row));
        settings.table.push_back(std::move(rule));
    }
    TRY_VALUE(const auto secret, document.optional_string_at("client_secret_file", 1024));
    if (secret) {
        TRY_VALUE(settings.client_secret, secret_in(file.parent_path() / *secret));
    }
    TRY_VALUE(const auto authorities, document.optional_string_at("authorities_file", 1024));
    if (authorities) made.authorities = file.parent_path() / *authorities;
    return made;
}

base::Result<ProviderClient> ProviderClient::make(const fs::path& authorities) {
    const fs::path file = authorities.empty() ? fs::path(kSystemAuthorities) : authorities;
    std::error_code error;
    // A provider on this machine needs none; one elsewhere is then not believed.
    if (authorities.empty() && !fs::exists(file, error)) return ProviderClient("");
    TRY_VALUE(std::string pem, system::read_bounded(file, kLargestBundle));
    return ProviderClient(std::move(pem));
}

base::Result<ports::ProviderHttp::Answer>
ProviderClient::ask(const std::string& url, const std::vector<std::pair<std::string, std::string>>& form,
                    const std::string& basic_user, const std::string& basic_password) {
    TRY_VALUE(const oidc::Address address, oidc::parse_address(url));
    http::ClientOptions options;
    options.host = address.host;
    options.port = address.port;
    options.trust.ca_pem = authorities_pem_;
    options.connect_timeout = std::chrono::seconds(5);
    options.plain = !address.tls;
    TRY_VALUE(const auto client, http::Client::make(std::move(options)));
    ports::ClientRequest request;
    request.target = address.target;
    request.timeout = std::chrono::seconds(10);
    request.response_limit = kLargestAnswer;
    request.headers.emplace_back("accept", "application/json");
    if (!form.empty()) {
        request.method = ports::Method::post;
        request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
        for (const auto& [key, value] : form)
            request.body += (request.body.empty() ? "" : "&") + base::percent_encoded(key) + "=" +
                            base::percent_encoded(value);
    }
    if (!basic_user.empty())
        request.headers.emplace_back(
            "authorization", "Basic " + base::to_base64(base::as_bytes(basic_user + ":" + basic_password)));
    TRY_VALUE(ports::ClientResponse response, client->exchange(request));
    Answer answer{response.status, std::move(response.body), {}};
    for (const auto& [name, value] : response.headers)
        if (name == "date") answer.date = value.substr(0, 64);
    return answer;
}

} // namespace oakum::server
