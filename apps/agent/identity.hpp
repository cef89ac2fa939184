// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <http/client.hpp>
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
    const http::ClientIdentity& current() const { return current_; }
    // Grows with each adopted certificate, so that connections know when to be made anew.
    unsigned generation() const { return generation_; }

    bool wants_renewal(base::TimePoint now) override;
    base::Result<std::string> request() override;
    base::Status adopt(const std::string& certificate_pem) override;

  private:
    std::filesystem::path folder_;
    std::string common_name_;
    http::ClientIdentity current_;
    base::TimePoint renew_at_{};
    unsigned generation_ = 0;
};

// A connection that follows the identity: made anew when the certificate was renewed.
class DeviceConnection final : public ports::HttpClient {
  public:
    DeviceConnection(http::ClientOptions options, const FileIdentity& identity)
        : options_(std::move(options)), identity_(identity) {}
    base::Result<ports::ClientResponse> exchange(const ports::ClientRequest& request) override;
    base::Result<ports::ClientResponse>
    stream(const ports::ClientRequest& request,
           const std::function<base::Status(base::ByteView)>& piece) override;
    void disconnect();

  private:
    base::Status ready();
    http::ClientOptions options_;
    const FileIdentity& identity_;
    std::unique_ptr<http::Client> client_;
    unsigned generation_ = 0;
};

} // namespace oakum::agent
