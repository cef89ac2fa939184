// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <http/client.hpp>
#include <ports/clock.hpp>
#include <updates/ports.hpp>

#include <filesystem>
#include <memory>
#include <optional>

namespace oakum::agent {

// The device's key and certificate in one file, replaced as a whole; the key of a renewal under way in
// another. The keys are made here and never leave the folder.
class FileIdentity final : public updates::Identity {
  public:
    explicit FileIdentity(std::filesystem::path folder, std::string common_name)
        : folder_(std::move(folder)), common_name_(std::move(common_name)) {}
    // Errors: not_found (not enrolled), corrupt.
    base::Status load();
    // The identity of an enrolment. Errors: unavailable, and those of load.
    base::Status replace(const std::string& key_pem, const std::string& certificate_pem);
    const http::ClientIdentity& current() const { return current_; }
    base::TimePoint begins() const { return begins_; }
    base::TimePoint expires() const { return expires_; }
    // Grows with each adopted certificate, so that connections know when to be made anew.
    unsigned generation() const { return generation_; }

    base::Result<std::string> request() override;
    base::Status adopt(const std::string& certificate_pem) override;

  private:
    std::filesystem::path folder_;
    std::string common_name_;
    http::ClientIdentity current_;
    base::TimePoint begins_{}, expires_{};
    unsigned generation_ = 0;
};

// Whether the clock is surely behind: before that day no clock of ours can be right (a device without a
// battery begins in 1970, or on the day that its firmware was built), nor before its own certificate began.
bool clock_is_behind(base::TimePoint now, base::TimePoint certificate_begins = {});

// A connection that follows the identity and the clock: made anew when the certificate was renewed, and when
// a clock that was behind is set. Until then the dates of certificates are not looked at.
class DeviceConnection final : public ports::HttpClient {
  public:
    DeviceConnection(http::ClientOptions options, const FileIdentity& identity, ports::Clock& clock)
        : options_(std::move(options)), identity_(identity), clock_(clock) {}
    base::Result<ports::ClientResponse> exchange(const ports::ClientRequest& request) override;
    base::Result<ports::ClientResponse>
    stream(const ports::ClientRequest& request,
           const std::function<base::Status(base::ByteView)>& piece) override;
    void disconnect();

  private:
    base::Status ready();
    base::Error explain(base::Error error) const;
    http::ClientOptions options_;
    const FileIdentity& identity_;
    ports::Clock& clock_;
    std::unique_ptr<http::Client> client_;
    unsigned generation_ = 0;
};

} // namespace oakum::agent
