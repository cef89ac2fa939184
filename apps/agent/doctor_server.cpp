// SPDX-License-Identifier: Apache-2.0
#include "doctor.hpp"
#include "files.hpp"
#include "waiting.hpp"

#include <metadata/reader.hpp>
#include <native/client.hpp>
#include <system/clock.hpp>
#include <system/file.hpp>
#include <updates/trusted_targets.hpp>

#include <array>
#include <cstdlib>
#include <ctime>
#include <map>

namespace oakum::agent {
namespace {

using Level = Finding::Level;

constexpr std::size_t max_pem = 1 << 20;
constexpr base::Duration believed = std::chrono::minutes(5);

// A copy of what is trusted, so that looking changes nothing.
class MemoryKeep final : public updates::Keep {
  public:
    explicit MemoryKeep(std::map<std::string, std::string> texts) : texts_(std::move(texts)) {}
    base::Result<std::optional<std::string>> load(const std::string& name) override {
        const auto found = texts_.find(name);
        return found == texts_.end() ? std::optional<std::string>() : std::optional(found->second);
    }
    base::Status save(const std::string& name, std::string_view text) override {
        texts_[name] = text;
        return {};
    }
    base::Status remove(const std::string& name) override {
        texts_.erase(name);
        return {};
    }
    base::Result<std::vector<std::string>> names() override {
        std::vector<std::string> names;
        for (const auto& each : texts_)
            names.push_back(each.first);
        return names;
    }

  private:
    std::map<std::string, std::string> texts_;
};

base::Result<MemoryKeep> copy_of(const std::filesystem::path& folder) {
    FolderKeep kept(folder);
    TRY_VALUE(const auto names, kept.names());
    std::map<std::string, std::string> texts;
    for (const std::string& name : names) {
        TRY_VALUE(auto text, kept.load(name));
        if (text) texts.emplace(name, std::move(*text));
    }
    return MemoryKeep(std::move(texts));
}

// "Thu, 26 Nov 2026 17:31:06 GMT"; nothing when it is another kind of date.
std::optional<base::TimePoint> read_date(std::string_view header) {
    std::tm time{};
    const std::string text(header.substr(0, 40));
    const char* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &time);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return base::from_unix_ms(static_cast<std::int64_t>(::timegm(&time)) * 1000);
}

// The name of a proxy that the surroundings name. Its value may hold a password.
std::string proxy_named() {
    for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0') return name;
    }
    return {};
}

std::string advice(const base::Error& error) {
    const std::string proxy = proxy_named();
    const std::string past = proxy.empty() ? ""
                                           : "; the proxy of " + proxy +
                                                 " is not used: the agent needs a direct way to its server";
    switch (error.kind) {
    case base::ErrorKind::unauthenticated:
        return "its certificate is not accepted: was it revoked? 'oakum device show' says so; enrol it again";
    case base::ErrorKind::denied:
        return "if ca.pem is that of the server, somebody stands between: a proxy that opens TLS has to "
               "leave this server alone" +
               past;
    case base::ErrorKind::unavailable:
        return "is the name right in agent.conf, does oakumd run there, and does a firewall let this device "
               "through?" +
               past;
    default:
        return "is this address that of oakumd?" + past;
    }
}

} // namespace

void Examination::server() {
    if (!enrolled_)
        return add(Level::warning, "server", "was not asked: this device has no identity to show",
                   "mend the identity first");
    http::ClientOptions options;
    options.host = config_.host;
    options.port = config_.port;
    const auto authority = system::read_bounded(config_.folder / "ca.pem", max_pem);
    if (!authority.ok()) return;
    options.trust.ca_pem = *authority;
    system::SystemClock clock;
    DeviceConnection connection(std::move(options), identity_, clock);

    ports::ClientRequest request;
    request.target = "/device/v1/tuf/timestamp.json";
    request.response_limit = max_pem;
    const auto answer = connection.exchange(request);
    const std::string who = url_of(config_);
    if (!answer.ok())
        return add(Level::ill, "server", who + ": " + answer.error().text(), advice(answer.error()));
    if (answer->status == 401 || answer->status == 403)
        return add(Level::ill, "server",
                   who + " does not accept this device (" + std::to_string(answer->status) + ")",
                   advice(base::unauthenticated("")));
    if (answer->status != 200)
        return add(Level::warning, "server", who + " answered " + std::to_string(answer->status),
                   answer->status == 404 ? "publish a release: without one there is nothing to update to"
                                         : "try again later; 'oakumd doctor' on the server says more");
    add(Level::well, "server",
        who + " answers and accepts this device" +
            (proxy_named().empty() ? "" : ", without the proxy of " + proxy_named()));
    if (const auto date = read_date(answer->header("date"))) {
        const base::Duration off = clock.now() - *date;
        const std::string by = span_text(off < base::Duration::zero() ? -off : off);
        if (off > believed || off < -believed)
            add(Level::ill, "clock",
                "is " + by + (off < base::Duration::zero() ? " behind" : " ahead of") + " its server",
                "set it, or start a time service: signed metadata is taken for expired or for good by it");
        else
            add(Level::well, "clock", "agrees with its server within " + by);
    }
    metadata(connection);
}

void Examination::metadata(DeviceConnection& connection) {
    native::Client server(connection);
    auto keep = copy_of(config_.folder / "trust");
    if (!keep.ok())
        return add(
            Level::ill, "metadata", keep.error().text(),
            "its root of trust cannot be read: enrol it again with --root FILE, a root that you trust");
    const metadata::JsonReader reader;
    updates::TrustedTargets trust(server, *keep, reader);
    const auto failed = trust.refresh(now_);
    if (!failed) {
        const auto timestamp = keep->load("timestamp.json");
        const auto document =
            timestamp.ok() && *timestamp
                ? reader.timestamp(base::as_bytes(**timestamp))
                : base::Result<trust::Signed<trust::Timestamp>>(base::not_found("no timestamp"));
        return add(Level::well, "metadata",
                   "the server's verifies from this device's root of trust on" +
                       (document.ok() ? ", until " + when(document->document.header.expires, now_) : ""));
    }
    const bool expired = failed->reason == install::Reason::metadata_expired;
    add(failed->unreachable ? Level::warning : Level::ill, "metadata", failed->detail,
        failed->unreachable ? "try again later"
        : expired
            ? "if this device's clock is right, the server does not sign any more: 'oakumd doctor' there"
            : "no update is taken from this server: compare its keys/public/root.json with the root that "
              "your signers "
              "keep; if it is another one, that server is in other hands");
}

} // namespace oakum::agent
