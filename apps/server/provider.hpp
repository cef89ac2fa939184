// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <governance/single_sign_on.hpp>
#include <ports/provider_http.hpp>

#include <string>

namespace oakum::server {

// The file that --sign-in-with names; docs/sign-in.md describes it.
struct ProviderFile {
    governance::ProviderSettings settings;
    std::filesystem::path authorities; // whom to believe; empty: the system's
};
// The secret's file stands beside it and is read too. Errors: invalid (with the place), unavailable, denied
// (others may read the secret).
base::Result<ProviderFile> read_provider_file(const std::filesystem::path& file);

// A connection for each question, to the address that was asked and nowhere else.
class ProviderClient final : public ports::ProviderHttp {
  public:
    // Errors: unavailable (the authorities cannot be read).
    static base::Result<ProviderClient> make(const std::filesystem::path& authorities);
    base::Result<Answer> ask(const std::string& url,
                             const std::vector<std::pair<std::string, std::string>>& form,
                             const std::string& basic_user, const std::string& basic_password) override;

  private:
    explicit ProviderClient(std::string authorities_pem) : authorities_pem_(std::move(authorities_pem)) {}
    std::string authorities_pem_;
};

} // namespace oakum::server
