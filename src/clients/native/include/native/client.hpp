// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/http.hpp>
#include <updates/ports.hpp>

#include <string>

namespace oakum::native {

// The device's end of the native protocol (docs/native-protocol.md) over one connection to its server.
// Blocking, one thread; borrows the HttpClient.
class Client final : public updates::UpdateServer, public updates::Repository, public updates::Enrolment {
  public:
    explicit Client(ports::HttpClient& http) : http_(http) {}

    base::Result<wire::EnrollReply> enroll(const wire::EnrollRequest& request) override;

    base::Result<updates::PollAnswer> poll(const wire::PollRequest& request) override;
    base::Status send_inventory(const wire::InventoryMessage& message) override;
    base::Result<wire::ReportReply> report(const wire::Report& report) override;
    base::Result<wire::RenewReply> renew(const wire::RenewRequest& request) override;
    // What the director says to this device: untrusted bytes.
    base::Result<base::Bytes> direct(const wire::SignedManifest& manifest);
    base::Duration asked_pause() const override { return pause_; }

    base::Result<std::optional<base::Bytes>> metadata(const std::string& name,
                                                      std::uint64_t max_bytes) override;
    base::Result<std::optional<base::Bytes>> log_file(const std::string& name,
                                                      std::uint64_t max_bytes) override;
    base::Status artifact(const base::Digest256& digest, std::uint64_t from, std::uint64_t to,
                          const updates::Piece& piece) override;

  private:
    base::Result<ports::ClientResponse> send(ports::Method method, std::string target, std::string body,
                                             std::size_t limit);
    // Nothing for 404.
    base::Result<std::optional<base::Bytes>> file(std::string target, std::uint64_t max_bytes);
    // Errors for every status but 2xx and 304; keeps what Retry-After said.
    base::Status judge(const ports::ClientResponse& response);

    ports::HttpClient& http_;
    base::Duration pause_{};
};

} // namespace oakum::native
