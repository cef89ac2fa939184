// SPDX-License-Identifier: Apache-2.0
#include <apple_messages/messages.hpp>

#include <plist/parse.hpp>

#include <array>

namespace oakum::apple_messages {
namespace {

constexpr std::size_t kLongest = 256, kLongestEndpoint = 512, kLongestError = 400;
constexpr std::size_t kMostToken = 256, kMostErrors = 3;
// Where many devices have several users, the one that nobody signed in as.
constexpr std::array<std::pair<std::string_view, CheckInKind>, 8> kKinds{{
    {"Authenticate", CheckInKind::authenticate},
    {"TokenUpdate", CheckInKind::token_update},
    {"CheckOut", CheckInKind::check_out},
    {"DeclarativeManagement", CheckInKind::declarative_management},
    {"SetBootstrapToken", CheckInKind::set_bootstrap_token},
    {"GetBootstrapToken", CheckInKind::get_bootstrap_token},
    {"GetToken", CheckInKind::get_token},
    {"UserAuthenticate", CheckInKind::user_authenticate},
}};

std::string bounded(const plist::Dict& dict, std::string_view key, std::size_t longest = kLongest) {
    auto text = dict.text(key);
    return text && text->size() <= longest ? *std::move(text) : std::string();
}

// A name that stands in documents: printable ASCII.
bool is_id(std::string_view text) {
    for (const char c : text)
        if (c <= ' ' || c > '~') return false;
    return !text.empty() && text.size() <= 128;
}

struct Who {
    std::string enrolment;
    bool by_user = false, of_user = false;
};
base::Result<Who> who(const plist::Dict& dict) {
    Who who;
    who.enrolment = bounded(dict, "UDID");
    if (who.enrolment.empty()) {
        who.enrolment = bounded(dict, "EnrollmentID");
        who.by_user = true;
    }
    if (!is_id(who.enrolment))
        return base::invalid("it names neither a UDID nor an EnrollmentID that could be one");
    who.of_user = dict.find("UserID") != nullptr || dict.find("EnrollmentUserID") != nullptr;
    return who;
}

base::Result<plist::Dict> dict_of(std::string_view body) {
    TRY_VALUE(plist::Value value, plist::parse(body));
    const auto* dict = value.as<plist::Dict>();
    if (dict == nullptr) return base::invalid("it is no dictionary");
    return *dict;
}

// "12021 (MCMDMErrorDomain): Unknown command"
std::string errors_of(const plist::Dict& dict) {
    const plist::Array* chain = dict.array("ErrorChain");
    if (chain == nullptr) return {};
    std::string all;
    std::size_t taken = 0;
    for (const plist::Value& value : *chain) {
        const auto* one = value.as<plist::Dict>();
        if (one == nullptr) continue;
        std::string text = bounded(*one, "USEnglishDescription", 1024);
        if (text.empty()) text = bounded(*one, "LocalizedDescription", 1024);
        if (const auto code = one->whole("ErrorCode"))
            text += " (" + std::to_string(*code) + " " + bounded(*one, "ErrorDomain") + ")";
        if (text.empty()) continue;
        all += (all.empty() ? "" : "; ") + text;
        if (++taken == kMostErrors) break;
    }
    if (all.size() > kLongestError) {
        all.resize(kLongestError);
        while (!all.empty() && !base::is_utf8(all))
            all.pop_back();
    }
    return all;
}

} // namespace

base::Result<CheckIn> read_check_in(std::string_view body) {
    TRY_VALUE(const plist::Dict dict, dict_of(body));
    CheckIn out;
    const std::string type = bounded(dict, "MessageType");
    bool found = false;
    for (const auto& [name, kind] : kKinds)
        if (name == type) {
            out.kind = kind;
            found = true;
        }
    if (!found) return base::invalid("a check-in of the type \"" + type.substr(0, 64) + "\" is not known");
    TRY_VALUE(const Who named, who(dict));
    out.enrolment = named.enrolment;
    out.by_user = named.by_user;
    out.of_user = named.of_user;
    out.topic = bounded(dict, "Topic");
    out.serial = bounded(dict, "SerialNumber", 64);
    out.product = bounded(dict, "ProductName", 64);
    out.os_version = bounded(dict, "OSVersion", 64);
    out.build = bounded(dict, "BuildVersion", 64);
    if (out.kind == CheckInKind::token_update) {
        const base::Bytes* token = dict.data("Token");
        if (token == nullptr || token->empty() || token->size() > kMostToken)
            return base::invalid("it holds no push token");
        out.token = *token;
        TRY_VALUE(out.magic, dict.text_at("PushMagic", kLongest));
        if (out.topic.empty()) return base::invalid("it names no topic");
    }
    if (out.kind == CheckInKind::declarative_management) {
        TRY_VALUE(out.endpoint, dict.text_at("Endpoint", kLongestEndpoint));
        if (const base::Bytes* data = dict.data("Data")) out.data = *data;
    }
    return out;
}

base::Result<Report> read_report(std::string_view body) {
    TRY_VALUE(plist::Dict dict, dict_of(body));
    Report out;
    TRY_VALUE(const Who named, who(dict));
    out.enrolment = named.enrolment;
    out.by_user = named.by_user;
    out.of_user = named.of_user;
    const std::string status = bounded(dict, "Status");
    const auto word = apple::parse_word(status);
    if (!word) return base::invalid("a report with the status \"" + status.substr(0, 64) + "\" is not known");
    out.word = *word;
    out.uuid = bounded(dict, "CommandUUID");
    out.error = errors_of(dict);
    out.whole = std::move(dict);
    return out;
}

} // namespace oakum::apple_messages
