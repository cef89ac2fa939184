// SPDX-License-Identifier: Apache-2.0
#include "identity.hpp"

#include <pki/certificate.hpp>
#include <pki/request.hpp>
#include <system/file.hpp>

#include <cerrno>
#include <unistd.h>

namespace oakum::agent {
namespace {

constexpr std::size_t max_pem = 64 << 10;
constexpr std::string_view certificate_begin = "-----BEGIN CERTIFICATE-----";

} // namespace

base::Status FileIdentity::load() {
    TRY_VALUE(const std::string text, system::read_bounded(folder_ / "identity.pem", max_pem));
    const std::size_t at = text.find(certificate_begin);
    if (at == std::string::npos) return base::corrupt("identity.pem holds no certificate");
    http::ClientIdentity next{text.substr(at), text.substr(0, at)};
    TRY_VALUE(const pki::CertificateInfo info, pki::read_certificate(next.certificate_pem));
    current_ = std::move(next);
    begins_ = info.not_before;
    expires_ = info.not_after;
    ++generation_;
    return {};
}

base::Result<std::string> FileIdentity::request() {
    const auto path = folder_ / "next-key.pem";
    const auto kept = system::read_bounded(path, max_pem);
    if (kept.ok()) {
        const auto key = pki::PrivateKey::from_pem(*kept);
        if (key.ok()) return pki::make_request(*key, common_name_);
    }
    TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::generate(pki::KeyKind::p256));
    TRY_VALUE(const std::string secret, key.secret_pem());
    TRY(system::write_durably(path, secret));
    return pki::make_request(key, common_name_);
}

base::Status FileIdentity::replace(const std::string& key_pem, const std::string& certificate_pem) {
    const std::string newline = key_pem.ends_with('\n') ? "" : "\n";
    TRY(system::write_durably(folder_ / "identity.pem", key_pem + newline + certificate_pem));
    return load();
}

base::Status FileIdentity::adopt(const std::string& certificate_pem) {
    const auto path = folder_ / "next-key.pem";
    TRY_VALUE(const std::string secret, system::read_bounded(path, max_pem));
    TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::from_pem(secret));
    TRY(pki::check_pair(certificate_pem, key));
    TRY(replace(secret, certificate_pem));
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return base::unavailable("removing the key of the renewal");
    return {};
}

bool clock_is_behind(base::TimePoint now, base::TimePoint certificate_begins) {
    constexpr std::int64_t first_credible_day = 1'735'689'600;
    return base::unix_seconds(now) < first_credible_day || now < certificate_begins;
}

base::Status DeviceConnection::ready() {
    const bool ignore_dates = clock_is_behind(clock_.now(), identity_.begins());
    if (client_ && generation_ == identity_.generation() && options_.trust.ignore_dates == ignore_dates)
        return {};
    options_.identity = identity_.current();
    options_.trust.ignore_dates = ignore_dates;
    TRY_VALUE(client_, http::Client::make(options_));
    generation_ = identity_.generation();
    return {};
}

// What TLS says of a certificate that ended is not what a person has to do about it.
base::Error DeviceConnection::explain(base::Error error) const {
    const base::TimePoint now = clock_.now();
    if (error.kind == base::ErrorKind::denied && now >= identity_.expires())
        error.message += "; this device's certificate ended on " + base::to_date(identity_.expires()) +
                         " (its clock says " + base::to_date(now) +
                         "): set the clock, or enrol it again with a new token";
    else if (error.kind == base::ErrorKind::denied &&
             (error.message.find("expired") != std::string::npos ||
              error.message.find("not yet valid") != std::string::npos))
        error.message += "; this device's clock says " + base::to_date(now) + ": is that right?";
    return error;
}

base::Result<ports::ClientResponse> DeviceConnection::exchange(const ports::ClientRequest& request) {
    TRY(ready());
    auto response = client_->exchange(request);
    if (!response.ok()) return explain(std::move(response).error());
    return response;
}

base::Result<ports::ClientResponse>
DeviceConnection::stream(const ports::ClientRequest& request,
                         const std::function<base::Status(base::ByteView)>& piece) {
    TRY(ready());
    return client_->stream(request, piece);
}

void DeviceConnection::disconnect() {
    if (client_) client_->disconnect();
}

} // namespace oakum::agent
