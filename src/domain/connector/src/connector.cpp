// SPDX-License-Identifier: Apache-2.0
#include <connector/connector.hpp>

#include <algorithm>
#include <array>
#include <tuple>

namespace oakum::connector {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLongestName = 40, kLongestText = 256, kLongestUrl = 256, kLongestSecret = 16'384;

constexpr std::array kKinds{Kind::intune, Kind::android_management};
constexpr About kIntune{.title = "Microsoft Intune",
                        .url = "https://graph.microsoft.com",
                        .sign_in = "https://login.microsoftonline.com",
                        .account = "directory (tenant) id",
                        .client = "application (client) id",
                        .secret = "client secret",
                        .id_key = "x.intune_id",
                        .protocol = "intune"};
constexpr About kAndroid{.title = "Android Management API",
                         .url = "https://androidmanagement.googleapis.com",
                         .sign_in = "https://oauth2.googleapis.com",
                         .account = "enterprise id (LC...)",
                         .client = "service account's e-mail address",
                         .secret = "service account's key file (JSON)",
                         .id_key = "x.amapi_device",
                         .protocol = "android_management",
                         .can_steer = true};

bool is_plain(std::string_view text, std::string_view also) {
    return std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               also.find(c) != std::string_view::npos;
    });
}

base::Status check_address(std::string_view url, Plain plain, std::string_view place) {
    const bool tls = url.starts_with("https://"), open = url.starts_with("http://");
    if (url.size() > kLongestUrl || !(tls || (open && plain == Plain::allowed)) || origin_of(url) != url)
        return base::invalid("an address is https://HOST, with a port where it needs one and without a path")
            .at(place);
    return {};
}

} // namespace

std::string_view to_string(Kind kind) {
    switch (kind) {
    case Kind::intune:
        return "intune";
    case Kind::android_management:
        return "android_management";
    }
    return "intune";
}

base::Result<Kind> parse_kind(std::string_view text) {
    for (const Kind kind : kKinds)
        if (to_string(kind) == text) return kind;
    return base::invalid("a connector's kind is intune or android_management");
}

std::span<const Kind> kinds() {
    return kKinds;
}

const About& about(Kind kind) {
    switch (kind) {
    case Kind::intune:
        return kIntune;
    case Kind::android_management:
        return kAndroid;
    }
    return kIntune;
}

std::string_view origin_of(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos || scheme == 0) return {};
    const std::size_t host = scheme + 3;
    const std::size_t end = std::min(url.find_first_of("/?#", host), url.size());
    const std::string_view server = url.substr(host, end - host);
    // Neither a user nor what two readers could read as two hosts.
    if (server.empty() || !is_plain(server, "-.:[]")) return {};
    return url.substr(0, end);
}

base::Status check(const Connector& connector, Plain plain) {
    if (connector.name.empty() || connector.name.size() > kLongestName || !is_plain(connector.name, "-_.") ||
        !is_plain(connector.name.substr(0, 1), ""))
        return base::invalid("a connector's name has 1 to 40 letters, digits, '-', '_' and '.'").at("/name");
    if (connector.name == kOwnManagement)
        return base::invalid("\"oakum\" stands for what Oakum manages itself: call the connector otherwise")
            .at("/name");
    const About& what = about(connector.kind);
    for (const auto& [value, called, place] : {std::tuple(&connector.account, what.account, "/account"),
                                               std::tuple(&connector.client, what.client, "/client")})
        if (value->empty() || value->size() > kLongestText || !is_plain(*value, "-_.@/"))
            return base::invalid("the " + std::string(called) + " has letters, digits and -_.@/").at(place);
    // It becomes a part of an address.
    if (connector.account.find("..") != std::string::npos || connector.account.starts_with('/'))
        return base::invalid("the " + std::string(what.account) + " is not a path").at("/account");
    TRY(check_address(connector.url, plain, "/url"));
    TRY(check_address(connector.sign_in, plain, "/sign_in"));
    if (connector.every < 5min || connector.every > std::chrono::hours(24 * 7))
        return base::invalid("a connector syncs every five minutes at most, and every seven days at least")
            .at("/every_seconds");
    if (connector.steers && !what.can_steer)
        return base::invalid("Oakum does not update phones through " + std::string(what.title) +
                             ": it only reads")
            .at("/steers");
    if (connector.secret.size() > kLongestSecret ||
        std::ranges::any_of(connector.secret, [](char c) { return c == '\0'; }))
        return base::invalid("a secret has at most 16,384 bytes").at("/secret");
    return {};
}

} // namespace oakum::connector
